using System.Collections.Concurrent;

namespace JobQueue.Handlers;

/// <summary>
/// Threads for handlers that block the one they run on: the thread pool would run short of threads under them, and with it all that
/// is asynchronous in the process. A thread is made when all others are busy, and kept; a pool has no more jobs running than it has
/// slots, so that there are never more threads than slots and stuck handlers. Safe to use from any thread.
/// </summary>
internal sealed class HandlerThreads : TaskScheduler, IDisposable
{
    private readonly BlockingCollection<Task> _work = [];

    /// <summary>Threads less handlers that have not ended.</summary>
    private int _idle;

    /// <summary>Runs the handler there from its beginning to its first asynchronous wait.</summary>
    public Task RunAsync(Func<JobContext, Task> handler, JobContext job) => Task.Factory.StartNew(
        static state =>
        {
            var (handler, job, threads) = ((Func<JobContext, Task>, JobContext, HandlerThreads))state!;
            try
            {
                return handler(job);
            }
            finally
            {
                // Before the task has ended, so that whoever waits for that finds this thread idle.
                Interlocked.Increment(ref threads._idle);
            }
        },
        (handler, job, this),
        CancellationToken.None,
        TaskCreationOptions.DenyChildAttach | TaskCreationOptions.HideScheduler | TaskCreationOptions.RunContinuationsAsynchronously,
        this).Unwrap();

    /// <summary>The threads end when they have no work left; one that a handler blocks does not keep the process.</summary>
    public void Dispose() => _work.CompleteAdding();

    protected override void QueueTask(Task task)
    {
        _work.Add(task);

        if (Interlocked.Decrement(ref _idle) < 0)
        {
            Interlocked.Increment(ref _idle);
            new Thread(Work) { IsBackground = true, Name = "JobQueue handler" }.Start();
        }
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => _work.ToArray();

    private void Work()
    {
        foreach (var task in _work.GetConsumingEnumerable())
        {
            TryExecuteTask(task);
        }
    }
}
