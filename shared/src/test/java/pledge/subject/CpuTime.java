package pledge.subject;

import java.lang.management.ManagementFactory;

/** What a piece of work costs this thread: a busy machine does not change it much. */
final class CpuTime {
  private CpuTime() {}

  /** In nanoseconds. */
  static long of(Runnable work) {
    var threads = ManagementFactory.getThreadMXBean();
    var before = threads.getCurrentThreadCpuTime();
    work.run();
    return threads.getCurrentThreadCpuTime() - before;
  }
}
