package pledge.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class EventPatternTest {
  private static final String EVENT =
      "{\"name\":\"INSERT\",\"n\":7,\"tags\":[\"a\",\"b\"],\"deep\":{\"key\":{\"S\":\"job#1\"}},\"nothing\":null}";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{'name':['INSERT','MODIFY']} | true",
        "{'name':['REMOVE']} | false",
        "{'name':['INSERT'],'n':[8]} | false",
        "{'n':[7.0]} | true",
        "{'tags':['b']} | true",
        "{'tags':['c']} | false",
        "{'deep':{'key':{'S':[{'prefix':'job#'}]}}} | true",
        "{'deep':{'key':{'S':[{'prefix':'other#'}]}}} | false",
        "{'deep':{'key':{'S':[{'suffix':'#1'}]}}} | true",
        "{'name':[{'equals-ignore-case':'insert'}]} | true",
        "{'name':[{'exists':true}]} | true",
        "{'name':[{'exists':false}]} | false",
        "{'absent':[{'exists':false}]} | true",
        "{'absent':['x']} | false",
        "{'name':[{'anything-but':'REMOVE'}]} | true",
        "{'name':[{'anything-but':['INSERT']}]} | false",
        "{'name':[{'anything-but':{'prefix':'INS'}}]} | false",
        "{'n':[{'numeric':['>',5,'<=',7]}]} | true",
        "{'n':[{'numeric':['<',7]}]} | false",
        "{'nothing':[null]} | true",
      })
  void matches(String pattern, boolean expected) {
    assertThat(EventPattern.parse(pattern.replace('\'', '"')).matches(Json.parse(EVENT)))
        .isEqualTo(expected);
  }

  @Test
  void refusesWhatItDoesNotKnow() {
    assertThatThrownBy(() -> EventPattern.parse("{\"ip\":[{\"cidr\":\"10.0.0.0/8\"}]}"))
        .isInstanceOf(MachineException.class);
    assertThatThrownBy(() -> EventPattern.parse("{\"name\":\"INSERT\"}"))
        .isInstanceOf(MachineException.class);
    assertThatThrownBy(() -> EventPattern.parse("{")).isInstanceOf(MachineException.class);
  }
}
