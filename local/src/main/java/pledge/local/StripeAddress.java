package pledge.local;

import java.io.IOException;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Where the API answers, with what a test has go wrong on the way. */
final class StripeAddress extends Handler.Abstract {
  private final StripeApi api;
  private final ServiceFaults faults;

  StripeAddress(StripeApi api, ServiceFaults faults) {
    this.api = api;
    this.faults = faults;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    var call = Loopback.read(request);
    switch (faults.fate(call)) {
      case ServiceFaults.Fate.Pass _ -> {
        var answer = api.answer(call);
        // What was asked for is done by now, whether or not somebody waits so long.
        Thread.sleep(faults.delay());
        Loopback.write(answer, response, callback);
      }
      case ServiceFaults.Fate.Refuse(var status) ->
          Loopback.write(StripeError.ordered(status).answer(), response, callback);
      case ServiceFaults.Fate.Cut(var reached) -> {
        if (reached) {
          api.answer(call);
        }
        request.getConnectionMetaData().getConnection().getEndPoint().close();
        callback.failed(new IOException("cut by a test"));
      }
    }
    return true;
  }
}
