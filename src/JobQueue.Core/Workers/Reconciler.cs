using JobQueue.Redis;

namespace JobQueue.Workers;

/// <summary>
/// Numbers the fetches of a worker and knows which of them were answered. What an unanswered fetch may have leased is handed
/// back, and can't be leased by it any more, before the next fetch goes out (docs/decisions/001). Belongs to the fetch loop;
/// a pass of a loop that was replaced meanwhile does no harm, because it stands for what was sent before it began.
/// </summary>
internal sealed class Reconciler(RedisShard shard, Undertaker undertaker, OutageLog outage, TimeProvider time)
{
    private const int Step = 1_000;
    private const int MostTriesAfterStop = 2;

    private volatile Numbers _numbers = new();

    /// <summary>Whether no fetch is without an answer, so that the worker holds nothing that it does not know of. Safe to ask from any thread.</summary>
    public bool IsSettled => _numbers is var numbers && Volatile.Read(ref numbers.Answered) >= Volatile.Read(ref numbers.Sent);

    public long NextFetch() => ++_numbers.Sent;

    /// <summary>What the answer brought is held by now.</summary>
    public void Answered(long number) => Volatile.Write(ref _numbers.Answered, number);

    /// <summary>The worker has a new identity, under which nothing was fetched yet.</summary>
    public void BeginAnew() => _numbers = new Numbers();

    /// <summary>
    /// Until Redis has answered this, nothing is fetched; when this process stops first, the lease's end does the same.
    /// </summary>
    /// <param name="worker">Who fetched.</param>
    /// <param name="goesOn">Asked before each try, of which none takes longer than a call: whether the loop is still the one that counts.</param>
    /// <param name="stop">Ends it after a last try.</param>
    public async Task RunAsync(WorkerIdentity worker, Func<bool> goesOn, CancellationToken stop)
    {
        var triesAfterStop = 0;
        var numbers = _numbers;
        while (numbers.Answered < numbers.Sent && !worker.IsLost && triesAfterStop < MostTriesAfterStop && goesOn())
        {
            TimeSpan delay;
            try
            {
                await PassAsync(worker, numbers, goesOn).ConfigureAwait(false);
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

    private async Task PassAsync(WorkerIdentity worker, Numbers numbers, Func<bool> goesOn)
    {
        var (answered, sent) = (numbers.Answered, numbers.Sent);
        var cursor = "0";
        do
        {
            var reply = await ReconcileScript.RunAsync(shard, worker.Id, answered, sent, cursor, Step, CancellationToken.None).ConfigureAwait(false);
            cursor = reply.Cursor;
            foreach (var held in reply.Held)
            {
                await undertaker.EndAsync(held, CancellationToken.None).ConfigureAwait(false);
            }
        }
        while (cursor != "0" && goesOn());

        if (cursor == "0")
        {
            Volatile.Write(ref numbers.Answered, Math.Max(numbers.Answered, sent));
        }
    }

    /// <summary>Of one identity, so that a pass that ends late can't touch those of the next.</summary>
    private sealed class Numbers
    {
        public long Sent;
        public long Answered;
    }
}
