package pledge.local;

import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** One address for every stand-in of AWS: each has its own way to be asked. */
final class AwsAddress extends Handler.Wrapper {
  private final KmsStandIn kms;
  private final MailStandIn mail;
  private final S3StandIn s3;

  AwsAddress(DynamoDbGate dynamo, KmsStandIn kms, MailStandIn mail, S3StandIn s3) {
    super(dynamo);
    this.kms = kms;
    this.mail = mail;
    this.s3 = s3;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    var target = String.valueOf(request.getHeaders().get("X-Amz-Target"));
    if (target.startsWith("DynamoDB")) {
      return super.handle(request, response, callback);
    }
    var call = Loopback.read(request);
    var answer =
        target.startsWith(KmsStandIn.TARGET)
            ? kms.answer(call)
            : S3StandIn.isMeant(call.header("Authorization").orElse(""))
                ? s3.answer(call)
                : mail.answer(call);
    Loopback.write(answer, response, callback);
    return true;
  }
}
