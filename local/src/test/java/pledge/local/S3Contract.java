package pledge.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Object;

/** What objects can rely on: held by our stand-in, and by somebody else's S3. */
interface S3Contract {
  S3Client s3();

  /** An empty one. */
  String bucket();

  @Test
  default void keepsAnObjectAsItWasPut() {
    put("a/1", "one");
    put("a/1", "two");

    assertThat(get("a/1")).isEqualTo("two");
  }

  @Test
  default void anEmptyObjectIsOne() {
    put("empty", "");

    assertThat(get("empty")).isEmpty();
  }

  @Test
  default void aKeyIsAnyText() {
    var key = "ä b/+%2F?&=";
    put(key, "one");

    assertThat(get(key)).isEqualTo("one");
    assertThat(keys("")).containsExactly(key);
  }

  @Test
  default void saysThatNothingIsThere() {
    assertThatThrownBy(() -> get("nothing")).isInstanceOf(NoSuchKeyException.class);
    s3().deleteObject(request -> request.bucket(bucket()).key("nothing"));
  }

  @Test
  default void knowsNoOtherBucket() {
    assertThatThrownBy(
            () ->
                s3().putObject(
                        request -> request.bucket("another-bucket").key("a"), RequestBody.empty()))
        .isInstanceOf(NoSuchBucketException.class);
  }

  @Test
  default void listsWhatBeginsSoPageByPage() {
    IntStream.range(0, 5).forEach(number -> put("b/" + number, "x"));
    put("c/1", "x");

    var first = s3().listObjectsV2(it -> it.bucket(bucket()).prefix("b/").maxKeys(3));

    assertThat(first.contents()).extracting(S3Object::key).containsExactly("b/0", "b/1", "b/2");
    assertThat(first.isTruncated()).isTrue();
    assertThat(keys("b/")).hasSize(5);
  }

  @Test
  default void deletesOne() {
    put("d/1", "x");
    put("d/2", "x");

    s3().deleteObject(request -> request.bucket(bucket()).key("d/1"));

    assertThat(keys("d/")).containsExactly("d/2");
  }

  private void put(String key, String text) {
    s3().putObject(request -> request.bucket(bucket()).key(key), RequestBody.fromString(text));
  }

  private String get(String key) {
    return s3().getObjectAsBytes(request -> request.bucket(bucket()).key(key))
        .asString(StandardCharsets.UTF_8);
  }

  private java.util.List<String> keys(String prefix) {
    return s3()
        .listObjectsV2Paginator(request -> request.bucket(bucket()).prefix(prefix).maxKeys(2))
        .contents()
        .stream()
        .map(S3Object::key)
        .toList();
  }
}
