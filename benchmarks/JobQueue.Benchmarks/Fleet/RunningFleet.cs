using JobQueue.Benchmarks.Infrastructure;

namespace JobQueue.Benchmarks.Fleet;

/// <summary>Small worker processes that share one server.</summary>
internal sealed class RunningFleet : IAsyncDisposable
{
    private const int Concurrency = 2;

    /// <summary>How many start at a time: all at once would be late for their leases on few cores.</summary>
    private const int StartTogether = 5;

    private readonly List<WorkerProcess> _workers = [];
    private readonly BenchServer _server;

    private RunningFleet(BenchServer server) => _server = server;

    public static async Task<RunningFleet> StartAsync(BenchServer server, int workers, bool isPatient = false)
    {
        var kind = new WorkerKind(Concurrency: Concurrency, IsPatient: isPatient);
        var fleet = new RunningFleet(server);
        while (fleet._workers.Count < workers)
        {
            var more = Enumerable.Range(0, Math.Min(StartTogether, workers - fleet._workers.Count));
            fleet._workers.AddRange(await Task.WhenAll(more.Select(_ => WorkerProcess.StartAsync(server.ConnectionString, kind))));
        }

        await fleet.AllWaitAsync();
        return fleet;
    }

    /// <summary>Every worker waits for work.</summary>
    public Task AllWaitAsync() => Meter.UntilAsync(() => _server.Database.SortedSetLengthAsync(Store.Idle), _workers.Count);

    /// <summary>Processor time that all worker processes have used, in microseconds.</summary>
    public async Task<double> CpuAsync() => (await Task.WhenAll(_workers.Select(static worker => worker.FiguresAsync()))).Sum(static figures => figures.CpuMicroseconds);

    public async ValueTask DisposeAsync() => await Task.WhenAll(_workers.Select(static worker => worker.DisposeAsync().AsTask()));
}
