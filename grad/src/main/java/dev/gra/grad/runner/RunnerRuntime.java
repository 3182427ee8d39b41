package dev.gra.grad.runner;

import java.nio.channels.ByteChannel;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The seam between grad and what runs runners. It holds no state that the runtime itself doesn't:
 * after a restart of grad every runner is found again.
 *
 * <p>Safe for use by many threads. Calls block the calling thread, a virtual one for choice; an
 * interrupt ends the wait with {@link RunnerFailure.Unavailable} and leaves the thread's interrupt
 * status set. Every failure is a {@link RunnerException} with one of the {@link RunnerFailure}s
 * named below, any call may fail with Unavailable, and a value that this runtime doesn't take is an
 * {@link InvalidFieldException}. An owner sees nothing of another owner's runners.
 */
public interface RunnerRuntime extends AutoCloseable {
  /**
   * Finds the owner's runner of that name or makes it, and returns when it is READY.
   *
   * <p>A live one is adopted if the wanted spec agrees with its own; while it is being made or
   * restarted it is waited for. One that is being deleted is waited for, one that finished or
   * failed is replaced: another uid and an empty workspace. However many call at once, one runner
   * is made, and of their results one says created. A runner that doesn't come up leaves nothing
   * behind.
   *
   * @param stages told each stage that this call sees, in order, on the calling thread; `ready` is
   *     the last
   * @throws RunnerException Exists (only if the request must be new), SpecConflict, NoRoom,
   *     Unsupported, StartFailed
   */
  Ensured ensure(Owner owner, EnsureRequest request, Consumer<CreationStage> stages);

  /**
   * The runner as it is now.
   *
   * @throws RunnerException NotFound
   */
  Runner get(Owner owner, RunnerName name);

  /** All the owner's runners, in order of name. */
  List<Runner> list(Owner owner);

  /** All owners' runners, in no order. */
  List<Runner> listAll();

  /**
   * Ends the runner's commands and the runner, and removes its workspace; returns when nothing of
   * it is left, also when it was still being made (its ensure then fails with Unavailable or makes
   * another one). Of two deletes at once the second waits and succeeds too.
   *
   * @param uid delete only this very runner
   * @throws RunnerException NotFound, UidMismatch
   */
  void delete(Owner owner, RunnerName name, Optional<RunnerUid> uid);

  /**
   * A new byte stream to the runner's runnerd on which nothing has been said yet: the caller begins
   * with Hello, and must check the uid in the answer. Waits for a runner that is being made or
   * restarted. The channel blocks, one thread may read while another writes, and closing it ends
   * both.
   *
   * @param runner whose uid is the one that counts; its state doesn't
   * @throws RunnerException Gone (deleted, finished, or replaced by another uid)
   */
  ByteChannel connect(Runner runner);

  /**
   * Whether it was for want of memory that the kernel ended all of the runner, the last time it did
   * and was started again, which was at or after {@code since}. Waits shortly for it to be known;
   * false if it isn't.
   */
  boolean ranOutOfMemory(Runner runner, Instant since);

  /** What this runtime can do. */
  Capabilities capabilities();

  /** Gives up what this grad holds. Runners live on. Calls that wait fail with Unavailable. */
  @Override
  void close();
}
