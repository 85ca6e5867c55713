namespace JobQueue.Workers;

/// <summary>
/// Wakes the one loop that waits for it. A signal that comes while nobody waits is kept, so that none is lost between
/// a look and a wait. <see cref="Set"/> is safe from any thread; one loop waits.
/// </summary>
internal sealed class AsyncSignal(TimeProvider time)
{
    private TaskCompletionSource _signal = New();

    public void Set() => Volatile.Read(ref _signal).TrySetResult();

    /// <summary>Waits for the signal, at most for the given time; ends early when the token fires.</summary>
    public async ValueTask WaitAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        var signal = _signal.Task;
        if (!signal.IsCompleted)
        {
            await signal.WaitAsync(timeout, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (signal.IsCompleted)
        {
            // The waiter looks at the state after this line, so a signal that was set before it is not missed.
            Volatile.Write(ref _signal, New());
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
