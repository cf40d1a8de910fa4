package pledge.local;

import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** One address for every stand-in of AWS: each has its own way to be asked. */
final class AwsAddress extends Handler.Wrapper {
  private final KmsStandIn kms;
  private final MailStandIn mail;

  AwsAddress(DynamoDbGate dynamo, KmsStandIn kms, MailStandIn mail) {
    super(dynamo);
    this.kms = kms;
    this.mail = mail;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    var target = String.valueOf(request.getHeaders().get("X-Amz-Target"));
    if (target.startsWith("DynamoDB")) {
      return super.handle(request, response, callback);
    }
    var call = Loopback.read(request);
    Loopback.write(
        target.startsWith(KmsStandIn.TARGET) ? kms.answer(call) : mail.answer(call),
        response,
        callback);
    return true;
  }
}
