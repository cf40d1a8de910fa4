package pledge.runtime;

import com.amazonaws.services.lambda.runtime.ClientContext;
import com.amazonaws.services.lambda.runtime.CognitoIdentity;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.LambdaLogger;
import org.jspecify.annotations.Nullable;

/**
 * An invocation with time for so many pages, however long they take: a function that asks before
 * each page is told as often that there is plenty, and then that its time is nearly over.
 */
public final class TimeForPages implements Context {
  private static final int PLENTY_MILLIS = 840_000;
  private static final int NEARLY_OVER_MILLIS = 29_000;

  private int pages;

  public TimeForPages(int pages) {
    this.pages = pages;
  }

  @Override
  public int getRemainingTimeInMillis() {
    return pages-- > 0 ? PLENTY_MILLIS : NEARLY_OVER_MILLIS;
  }

  @Override
  public String getAwsRequestId() {
    return "8476a536-e9f4-11e8-9739-2dfe598c3fcd";
  }

  @Override
  public String getLogGroupName() {
    return "";
  }

  @Override
  public String getLogStreamName() {
    return "";
  }

  @Override
  public String getFunctionName() {
    return "";
  }

  @Override
  public String getFunctionVersion() {
    return "";
  }

  @Override
  public String getInvokedFunctionArn() {
    return "";
  }

  @Override
  public @Nullable CognitoIdentity getIdentity() {
    return null;
  }

  @Override
  public @Nullable ClientContext getClientContext() {
    return null;
  }

  @Override
  public int getMemoryLimitInMB() {
    return 1769;
  }

  @Override
  public LambdaLogger getLogger() {
    throw new UnsupportedOperationException("nothing of ours logs by it");
  }
}
