using JobQueue.Diagnostics;
using JobQueue.Redis;
using Microsoft.Extensions.Logging;

namespace JobQueue.Workers;

/// <summary>
/// Looks every 10 s how much waits in each queue, while somebody collects that metric: whoever collects must not wait for Redis. A
/// call reads a bounded part of the queues.
/// </summary>
internal sealed class QueueDepths(RedisShards shards, JobQueueMetrics metrics, TimeProvider time, ILogger logger) : IDisposable
{
    private const int PageSize = 50;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <summary>The order in which queues.lua answers the lists of a queue.</summary>
    private static readonly string[] Lines = ["suspect", .. Enum.GetValues<JobPriority>().Select(static priority => priority.ToWord())];

    private readonly CancellationTokenSource _stop = new();
    private readonly OutageLog _outage = new(logger, "queue depth", time);
    private Task _loop = Task.CompletedTask;

    public void Start() => _loop = Task.Run(RunAsync);

    public async Task StopAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        metrics.Waiting([]); // Nobody keeps it up to date any more.
    }

    public void Dispose() => _stop.Dispose();

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var wait = metrics.MeasuresDepth ? await LookAsync().ConfigureAwait(false) : Interval;
            await Task.Delay(wait, time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<TimeSpan> LookAsync()
    {
        try
        {
            metrics.Waiting(await ReadAsync().ConfigureAwait(false));
            _outage.Succeeded();
            return Interval;
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return TimeSpan.Zero;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            metrics.Waiting([]); // No value is better than one of long ago.
            return _outage.Failed(e);
        }
    }

    private async Task<List<(string Queue, string Priority, long Jobs)>> ReadAsync()
    {
        var depths = new Dictionary<(string Queue, string Priority), long>();
        foreach (var shard in await shards.GetAllAsync(_stop.Token).ConfigureAwait(false))
        {
            await AddAsync(shard, depths).ConfigureAwait(false);
        }

        return [.. depths.Select(static depth => (depth.Key.Queue, depth.Key.Priority, depth.Value))];
    }

    private async Task AddAsync(RedisShard shard, Dictionary<(string Queue, string Priority), long> depths)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var cursor = "0";
        do
        {
            (_, cursor, var page) = await QueuesScript.RunAsync(shard, paused: false, cursor, PageSize, _stop.Token).ConfigureAwait(false);
            foreach (var queue in page)
            {
                // A scan may show a member twice.
                for (var line = 0; line < Lines.Length && (line > 0 || seen.Add(queue.Name)); line++)
                {
                    var key = (queue.Name, Lines[line]);
                    depths[key] = depths.GetValueOrDefault(key) + queue.Waiting[line];
                }
            }
        }
        while (cursor != "0");
    }
}
