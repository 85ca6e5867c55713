using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace JobQueue.Benchmarks.Infrastructure;

/// <summary>What a worker tells of itself.</summary>
/// <param name="Allocated">Bytes that were allocated since its process began.</param>
/// <param name="Resident">Bytes of memory that its process has now.</param>
internal sealed record WorkerFigures(long Allocated, long Resident);

/// <summary>A process of its own that runs jobs, as it is in production: the harness neither helps it nor stands in its way.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    public const string Argument = "worker";

    /// <summary>Answered once jobs are taken.</summary>
    public const string Work = "work";

    /// <summary>Milliseconds from when each stamped job was sent until its handler began; once.</summary>
    public const string Latencies = "latencies";

    private const string Figures = "figures";

    private readonly Child _child;

    private WorkerProcess(Child child) => _child = child;

    /// <param name="connectionString">Where the server is.</param>
    /// <param name="queues">How many queues it serves, by name; 0 for all there are.</param>
    public static async Task<WorkerProcess> StartAsync(string connectionString, int queues = 0)
    {
        var child = Child.StartSelf(Argument, connectionString, queues.ToString(CultureInfo.InvariantCulture));
        await child.AskAsync(Work);
        return new WorkerProcess(child);
    }

    public async Task<WorkerFigures> FiguresAsync()
    {
        var parts = (await _child.AskAsync(Figures)).Split(' ');
        return new WorkerFigures(long.Parse(parts[0], CultureInfo.InvariantCulture), long.Parse(parts[1], CultureInfo.InvariantCulture));
    }

    public async Task<double[]> LatenciesAsync() => Child.Numbers(await _child.AskAsync(Latencies));

    public ValueTask DisposeAsync() => _child.DisposeAsync();

    /// <summary>The process's own side.</summary>
    public static async Task<int> RunAsync(string connectionString, int queues)
    {
        var latencies = new ConcurrentQueue<double>();
        using var host = await BenchHost.StartWorkerAsync(
            connectionString,
            (args, _, _) =>
            {
                if (args.Sent != 0)
                {
                    latencies.Enqueue(Stopwatch.GetElapsedTime(args.Sent).TotalMilliseconds);
                }

                return Task.CompletedTask;
            },
            options =>
            {
                for (var queue = 0; queue < queues; queue++)
                {
                    options.Queues.Add(Load.Queue(queue));
                }
            });
        await Child.ServeAsync(question => Task.FromResult(question[0] switch
        {
            Figures => string.Create(CultureInfo.InvariantCulture, $"{GC.GetTotalAllocatedBytes()} {Environment.WorkingSet}"),
            Latencies => TakeAll(latencies),
            _ => "ready",
        }));
        await host.StopAsync();
        return 0;
    }

    private static string TakeAll(ConcurrentQueue<double> latencies)
    {
        var taken = new List<double>();
        while (latencies.TryDequeue(out var latency))
        {
            taken.Add(latency);
        }

        return Child.Text(taken);
    }
}
