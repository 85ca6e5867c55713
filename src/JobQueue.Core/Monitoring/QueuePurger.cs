using JobQueue.Redis;

namespace JobQueue.Monitoring;

/// <summary>Empties a queue in bounded parts: first a mark behind what waits now, in every list, then what is in front of it.</summary>
internal sealed class QueuePurger(RedisCalls calls, TimeProvider time)
{
    private static readonly string[] Lines = ["suspect", .. Enum.GetValues<JobPriority>().Select(static priority => priority.ToWord())];

    public async Task<long> PurgeAsync(string queue, CancellationToken cancellationToken)
    {
        var all = await calls.AllAsync(cancellationToken).ConfigureAwait(false);
        return (await Task.WhenAll(Array.ConvertAll(all, shard => PurgeAsync(shard, queue, cancellationToken))).ConfigureAwait(false)).Sum();
    }

    private async Task<long> PurgeAsync(RedisCalls shard, string queue, CancellationToken cancellationToken)
    {
        var marks = new List<(string Line, string Mark)>(Lines.Length);
        foreach (var priority in Lines)
        {
            var (line, mark) = (priority + "|" + queue, JobId.New(time.GetUtcNow()).ToString());
            var isEmpty = await shard.RunAsync(
                "purge",
                static (shard, part, token) => PurgeScript.MarkAsync(shard, part.line, part.mark, token),
                (line, mark),
                cancellationToken).ConfigureAwait(false);
            if (!isEmpty)
            {
                marks.Add((line, mark));
            }
        }

        long removed = 0;
        foreach (var (line, mark) in marks)
        {
            removed += await PurgeLineAsync(shard, line, mark, cancellationToken).ConfigureAwait(false);
        }

        return removed;
    }

    private static async Task<long> PurgeLineAsync(RedisCalls calls, string line, string mark, CancellationToken cancellationToken)
    {
        long total = 0;
        while (true)
        {
            var (removed, isDone) = await calls.RunAsync(
                "purge",
                static (shard, part, token) => PurgeScript.RunAsync(shard, part.line, part.mark, token),
                (line, mark),
                cancellationToken).ConfigureAwait(false);
            total += removed;
            if (isDone)
            {
                return total;
            }
        }
    }
}
