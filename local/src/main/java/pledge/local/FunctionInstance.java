package pledge.local;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.amazonaws.services.lambda.runtime.serialization.PojoSerializer;
import com.amazonaws.services.lambda.runtime.serialization.events.LambdaEventSerializers;
import com.amazonaws.services.lambda.runtime.serialization.factories.GsonFactory;
import com.amazonaws.services.lambda.runtime.serialization.factories.JacksonFactory;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One instance of a function: JSON in, JSON out, one at a time, as Lambda's Java runtime does it.
 */
interface FunctionInstance {
  byte[] handle(byte[] event, Context context) throws IOException;

  /**
   * Looks for a handler class.
   *
   * @throws MachineException if it is not on the class path or is no handler
   */
  static Class<?> find(String function, String handler) {
    var className = handler.split("::", 2)[0];
    try {
      var found = Class.forName(className, false, Thread.currentThread().getContextClassLoader());
      if (RequestStreamHandler.class.isAssignableFrom(found)
          || RequestHandler.class.isAssignableFrom(found)) {
        return found;
      }
      throw new MachineException(
          "The function "
              + function
              + " names "
              + className
              + ", which is neither RequestStreamHandler nor RequestHandler.");
    } catch (ClassNotFoundException e) {
      throw new MachineException(
          "The function "
              + function
              + " names "
              + className
              + ", which is not on the class path: build it, or leave it out with"
              + " Options.withFunctions.",
          e);
    }
  }

  /** Makes an instance through the constructor that takes settings and a clock. */
  static FunctionInstance create(
      Class<?> handler, Map<String, String> settings, InstantSource clock) throws Throwable {
    Object made;
    try {
      made = handler.getConstructor(Map.class, InstantSource.class).newInstance(settings, clock);
    } catch (NoSuchMethodException e) {
      throw new MachineException(
          handler.getName()
              + " lacks the public constructor (Map<String, String> settings, InstantSource"
              + " clock).",
          e);
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
    return made instanceof RequestStreamHandler streams
        ? ofStreams(streams)
        : ofTypes((RequestHandler<?, ?>) made);
  }

  private static FunctionInstance ofStreams(RequestStreamHandler handler) {
    return (event, context) -> {
      var answer = new ByteArrayOutputStream();
      handler.handleRequest(new ByteArrayInputStream(event), answer, context);
      return answer.toByteArray();
    };
  }

  @SuppressWarnings(
      "unchecked") // the serializer is made for the very type that the handler declares
  private static FunctionInstance ofTypes(RequestHandler<?, ?> typed) {
    var handler = (RequestHandler<Object, Object>) typed;
    var types = types(typed.getClass());
    var reader = serializer(types[0]);
    var writer = serializer(types[1]);
    return (event, context) -> {
      @Nullable Object answer =
          handler.handleRequest(reader.fromJson(new ByteArrayInputStream(event)), context);
      var written = new ByteArrayOutputStream();
      if (answer == null) {
        written.write("null".getBytes(java.nio.charset.StandardCharsets.UTF_8));
      } else {
        writer.toJson(answer, written);
      }
      return written.toByteArray();
    };
  }

  /** The same choice that the runtime interface client makes. */
  @SuppressWarnings("unchecked")
  private static PojoSerializer<Object> serializer(Type type) {
    if (type instanceof Class<?> raw) {
      if (LambdaEventSerializers.isLambdaSupportedEvent(raw.getName())) {
        return (PojoSerializer<Object>)
            LambdaEventSerializers.serializerFor(raw, raw.getClassLoader());
      }
      if (raw == String.class || raw == Object.class) {
        return GsonFactory.getInstance().getSerializer(type);
      }
    }
    return JacksonFactory.getInstance().getSerializer(type);
  }

  private static Type[] types(Class<?> handler) {
    for (@Nullable Class<?> at = handler; at != null; at = at.getSuperclass()) {
      var declared =
          Arrays.stream(at.getGenericInterfaces())
              .filter(
                  type ->
                      type instanceof ParameterizedType of
                          && of.getRawType() == RequestHandler.class)
              .map(type -> ((ParameterizedType) type).getActualTypeArguments())
              .findFirst();
      if (declared.isPresent()) {
        return declared.get();
      }
    }
    throw new MachineException(
        handler.getName() + " must say which types its RequestHandler takes and gives.");
  }
}
