package pledge.http;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import io.avaje.jsonb.Json;

/**
 * Asks for adapters of the HTTP API's event (payload format 2.0) at compile time; START.md says
 * what it saves.
 */
@Json.Import({APIGatewayV2HTTPEvent.class, APIGatewayV2HTTPResponse.class})
interface Events {}
