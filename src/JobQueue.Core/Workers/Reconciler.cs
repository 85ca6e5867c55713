using JobQueue.Redis;

namespace JobQueue.Workers;

/// <summary>
/// Numbers the fetches of a worker and knows which of them were answered. What an unanswered fetch may have leased is handed
/// back, and can't be leased by it any more, before the next fetch goes out (docs/decisions/001). Belongs to the fetch loop.
/// </summary>
internal sealed class Reconciler(RedisShard shard, Undertaker undertaker, OutageLog outage, TimeProvider time)
{
    private const int Step = 1_000;
    private const int MostTriesAfterStop = 2;

    private long _sent;
    private long _answered;

    public long NextFetch() => ++_sent;

    public void Answered(long number) => _answered = number;

    /// <summary>The worker has a new identity, under which nothing was fetched yet.</summary>
    public void BeginAnew() => _sent = _answered = 0;

    /// <summary>
    /// Until Redis has answered this, nothing is fetched; when this process stops first, the lease's end does the same.
    /// </summary>
    public async Task RunAsync(WorkerIdentity worker, Func<bool> isOld, CancellationToken stop)
    {
        var triesAfterStop = 0;
        while (_answered < _sent && !worker.IsLost && triesAfterStop < MostTriesAfterStop && !isOld())
        {
            TimeSpan delay;
            try
            {
                await PassAsync(worker).ConfigureAwait(false);
                _answered = _sent;
                outage.Succeeded();
                return;
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                delay = outage.Failed(e);
            }

            triesAfterStop += stop.IsCancellationRequested ? 1 : 0;
            await Task.Delay(delay, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task PassAsync(WorkerIdentity worker)
    {
        var cursor = "0";
        do
        {
            var reply = await ReconcileScript.RunAsync(shard, worker.Id, _answered, _sent, cursor, Step, CancellationToken.None).ConfigureAwait(false);
            cursor = reply.Cursor;
            foreach (var held in reply.Held)
            {
                await undertaker.EndAsync(held, CancellationToken.None).ConfigureAwait(false);
            }
        }
        while (cursor != "0");
    }
}
