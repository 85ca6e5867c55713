using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace JobQueue.Benchmarks.Infrastructure;

/// <summary>What a worker tells of itself.</summary>
/// <param name="Allocated">Bytes that were allocated since its process began.</param>
/// <param name="Resident">Bytes of memory that its process has now.</param>
/// <param name="CpuMicroseconds">Processor time that its process has used.</param>
internal sealed record WorkerFigures(long Allocated, long Resident, double CpuMicroseconds);

/// <summary>How a worker differs from the usual one of the suites.</summary>
/// <param name="Queues">How many queues it serves, by name; 0 for all there are.</param>
/// <param name="Concurrency">How many jobs it runs at a time.</param>
/// <param name="Holds">Whether its jobs do not end, as long as it lives.</param>
/// <param name="IsPatient">Whether it asks for jobs only when it is woken, and so seldom otherwise that nobody needs to count that.</param>
/// <param name="Shards">How many shards its store has.</param>
internal sealed record WorkerKind(int Queues = 0, int Concurrency = BenchHost.Concurrency, bool Holds = false, bool IsPatient = false, int Shards = 1)
{
    public static WorkerKind Usual { get; } = new();

    public string[] ToArguments()
        =>
        [
            Queues.ToString(CultureInfo.InvariantCulture),
            Concurrency.ToString(CultureInfo.InvariantCulture),
            Holds.ToString(),
            IsPatient.ToString(),
            Shards.ToString(CultureInfo.InvariantCulture),
        ];

    public static WorkerKind Parse(string[] arguments) => new(
        int.Parse(arguments[0], CultureInfo.InvariantCulture),
        int.Parse(arguments[1], CultureInfo.InvariantCulture),
        bool.Parse(arguments[2]),
        bool.Parse(arguments[3]),
        int.Parse(arguments[4], CultureInfo.InvariantCulture));

    public void Apply(JobQueueOptions options)
    {
        options.Concurrency = Concurrency;
        options.Shards = Shards;
        options.PollInterval = IsPatient ? TimeSpan.FromMinutes(1) : options.PollInterval;
        for (var queue = 0; queue < Queues; queue++)
        {
            options.Queues.Add(Load.Queue(queue));
        }
    }
}

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

    public static async Task<WorkerProcess> StartAsync(string connectionString, WorkerKind? kind = null)
    {
        var child = Child.StartSelf([Argument, connectionString, .. (kind ?? WorkerKind.Usual).ToArguments()]);
        await child.AskAsync(Work);
        return new WorkerProcess(child);
    }

    public async Task<WorkerFigures> FiguresAsync()
    {
        var numbers = Child.Numbers(await _child.AskAsync(Figures));
        return new WorkerFigures((long)numbers[0], (long)numbers[1], numbers[2]);
    }

    public async Task<double[]> LatenciesAsync() => Child.Numbers(await _child.AskAsync(Latencies));

    public Task KillAsync() => _child.KillAsync();

    public ValueTask DisposeAsync() => _child.DisposeAsync();

    /// <summary>The process's own side.</summary>
    public static async Task<int> RunAsync(string connectionString, WorkerKind kind)
    {
        var latencies = new ConcurrentQueue<double>();
        using var host = await BenchHost.StartWorkerAsync(
            connectionString,
            (args, _, stop) =>
            {
                if (args.Sent != 0)
                {
                    latencies.Enqueue(Stopwatch.GetElapsedTime(args.Sent).TotalMilliseconds);
                }

                return kind.Holds ? Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop) : Task.CompletedTask;
            },
            kind.Apply);
        await Child.ServeAsync(question => Task.FromResult(question[0] switch
        {
            Figures => Child.Text([GC.GetTotalAllocatedBytes(), Environment.WorkingSet, Environment.CpuUsage.TotalTime.TotalMicroseconds]),
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
