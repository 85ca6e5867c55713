namespace JobQueue.AspNetCore.Http;

/// <summary>
/// The fleet's handlers, read anew every few seconds at most: their settings stand in for those that a job leaves to its handler, and a name that
/// none has is refused. Safe to use from any thread.
/// </summary>
internal sealed class KnownHandlers(IJobMonitor monitor, TimeProvider time)
{
    private static readonly TimeSpan CacheTime = TimeSpan.FromSeconds(2);

    private Answer? _last;

    public async ValueTask<IReadOnlyDictionary<string, HandlerInfo>> ReadAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _last) is { } last && time.GetElapsedTime(last.At) < CacheTime)
        {
            return last.Handlers;
        }

        var handlers = await monitor.GetHandlersAsync(cancellationToken).ConfigureAwait(false);
        var answer = new Answer(handlers.ToDictionary(static handler => handler.Name, StringComparer.Ordinal), time.GetTimestamp());
        Volatile.Write(ref _last, answer);
        return answer.Handlers;
    }

    /// <summary>Refuses a name that no live worker has, and tells the nearest ones.</summary>
    public async ValueTask CheckAsync(string name, string field, CancellationToken cancellationToken)
    {
        var handlers = await ReadAsync(cancellationToken).ConfigureAwait(false);
        if (handlers.TryGetValue(name, out var known) && known.IsLive)
        {
            return;
        }

        var live = handlers.Values.Where(static handler => handler.IsLive).Select(static handler => handler.Name).ToList();
        var nearest = Names.FindNearest(name, live);
        var hint = nearest is not null ? $" Did you mean '{nearest}'?" : live.Count == 0 ? " No live worker has any handler." : "";
        throw ApiProblemException.Invalid(
            field, $"'{field}' is '{Words.Shorten(name)}', which is no handler of a live worker.{hint} Start a worker that has it, or let the host set JobQueueApiOptions.AllowUnknownHandlers.");
    }

    private sealed record Answer(IReadOnlyDictionary<string, HandlerInfo> Handlers, long At);
}
