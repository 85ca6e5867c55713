namespace JobQueue.Handlers;

/// <summary>
/// Counts the running jobs of a handler that has a limit. Its queue's limit keeps them from being leased; this one holds for those
/// that were enqueued into another queue, and while a handler that does not stop goes on beside its given-up job. Safe to
/// use from any thread.
/// </summary>
internal sealed class HandlerLimit(int limit)
{
    private int _running;

    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _running) <= limit)
        {
            return true;
        }

        Leave();
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref _running);
}
