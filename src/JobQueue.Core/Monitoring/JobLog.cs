using System.Globalization;
using JobQueue.Diagnostics;
using JobQueue.Redis;

namespace JobQueue.Monitoring;

/// <summary>Reads the logs of jobs.</summary>
internal sealed class JobLog(RedisCalls calls)
{
    public async Task<IReadOnlyList<JobLogLine>> ReadAsync(JobId id, CancellationToken cancellationToken)
    {
        if (id.IsEmpty)
        {
            throw Errors.IdEmpty();
        }

        if (!await calls.HasShardOfAsync(id, cancellationToken).ConfigureAwait(false))
        {
            return [];
        }

        var lines = await calls.Of(id).RunAsync(
            "read log",
            static (shard, id, token) => ReadLogScript.RunAsync(shard, id, token),
            id,
            cancellationToken).ConfigureAwait(false);
        return [.. lines.Select(Parse).OfType<JobLogLine>()];
    }

    /// <returns>Null for what is no line: something else has written there.</returns>
    private static JobLogLine? Parse(string line)
    {
        var bar = line.IndexOf('|', StringComparison.Ordinal);
        return bar > 0 && long.TryParse(line.AsSpan(0, bar), NumberStyles.None, CultureInfo.InvariantCulture, out var ms)
            && ms <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? new JobLogLine(DateTimeOffset.FromUnixTimeMilliseconds(ms), line[(bar + 1)..])
            : null;
    }
}
