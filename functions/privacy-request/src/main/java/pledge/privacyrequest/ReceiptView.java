package pledge.privacyrequest;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import pledge.http.Response;
import pledge.privacy.Receipt;
import pledge.vault.Json;

/** A receipt: what it says, to be read, and the same signed, to be checked. */
final class ReceiptView {
  private ReceiptView() {}

  static Response of(Receipt receipt) {
    var says = receipt.signed().split("\\.", -1)[1];
    var view = new LinkedHashMap<String, Object>();
    view.put(
        "receipt",
        Json.MAPPER.fromJson(
            new String(Base64.getUrlDecoder().decode(says), StandardCharsets.UTF_8)));
    view.put("signed", receipt.signed());
    view.put("keys", "/.well-known/jwks.json");
    return Response.json(200, view);
  }
}
