using System.Globalization;
using JobQueue.Benchmarks.Floor;
using JobQueue.Benchmarks.Infrastructure;

namespace JobQueue.Benchmarks.Peers;

/// <summary>The same jobs through this library and others of the field, in turns, on one server. One that is not installed is left out, and it says so.</summary>
internal sealed class PeersSuite(BenchServer server, Report report)
{
    private const int Callers = 64;
    private const int GapMs = 10;

    /// <summary>With more, what is measured is the server's table of keys as it grows past 2^20: `growth` is for that.</summary>
    private const int MostInBulk = 500_000;

    private readonly List<(Peer Peer, Child Producer)> _peers = [];

    public static async Task<int> RunAsync(BenchOptions options)
    {
        await using var server = await BenchServer.StartAsync();
        var report = new Report(options, Machine.Describe(server.Name));
        report.PrintHead();
        var suite = new PeersSuite(server, report);
        try
        {
            await suite.StartAsync(new Ours(server), new BullMq(server), new Sidekiq(server));
            var floor = new FloorSuite(server, report, await SampleRecords.TakeAsync(server));
            await report.RunAsync(
            [
                ("PING", floor.PingAsync),
                .. suite.Each("enqueue in bulk", suite.BulkAsync),
                .. suite.Each($"enqueue, {Callers} callers", suite.ConcurrentAsync),
                .. suite.Each("enqueue one", suite.SingleAsync),
                .. suite.Each("pick-up", suite.PickUpAsync),
                .. suite.Each("drain", suite.DrainAsync),
            ]);
        }
        finally
        {
            foreach (var (_, producer) in suite._peers)
            {
                await producer.DisposeAsync();
            }
        }

        suite.Judge();
        return await report.WriteAsync();
    }

    private async Task StartAsync(params Peer[] peers)
    {
        foreach (var peer in peers)
        {
            if (await peer.PrepareAsync() is { } reason)
            {
                Console.WriteLine($"  {peer.Name} is left out: {reason}.");
            }
            else
            {
                _peers.Add((peer, peer.StartProducer()));
            }
        }
    }

    private IEnumerable<(string Name, Func<Task> Measure)> Each(string what, Func<Peer, Child, Task> measure)
        => _peers.Select(one => ($"{what}: {one.Peer.Name}", (Func<Task>)(() => measure(one.Peer, one.Producer))));

    private void Judge()
    {
        Compare("BullMQ", "drain", 6, atMost: false);
        Compare("BullMQ", "enqueue in bulk", 8, atMost: false);
        Compare("Sidekiq", "enqueue in bulk", 2, atMost: false);
        Compare("BullMQ", $"enqueue, {Callers} callers", 3, atMost: false);
        foreach (var figure in (string[])["pick-up, p50", "pick-up, p99"])
        {
            Compare("BullMQ", figure, 1, atMost: true);
            Compare("Sidekiq", figure, 1, atMost: true);
        }

        report.Judge("pick-up p50 to PING p50", report.Ratio("pick-up, p50: JobQueue, to PING", "pick-up, p50: JobQueue", "PING, p50"), 3, atMost: true);
    }

    private void Compare(string peer, string what, double target, bool atMost)
    {
        if (report.Has($"{what}: {peer}"))
        {
            report.Judge($"{what}, to {peer}", report.Ratio($"{what}: JobQueue, to {peer}", $"{what}: JobQueue", $"{what}: {peer}"), target, atMost);
        }
    }

    private int Count(Peer peer) => report.Options.Pick(peer.Jobs, 3_000);

    private async Task BulkAsync(Peer peer, Child producer)
    {
        await server.EmptyAsync();
        var count = Math.Min(Count(peer), MostInBulk);
        report.Add("enqueue in bulk: " + peer.Name, "jobs/s", count / await AskAsync(producer, "bulk", count));
        report.Add("enqueue in bulk, Redis memory: " + peer.Name, "B/job", (await server.MemoryAsync() - await EmptyMemoryAsync()) / count);
    }

    /// <summary>What the server has when it holds nothing; after this it does hold nothing.</summary>
    private async Task<double> EmptyMemoryAsync()
    {
        await server.EmptyAsync();
        return await server.MemoryAsync();
    }

    private async Task ConcurrentAsync(Peer peer, Child producer)
    {
        await server.EmptyAsync();
        var count = report.Options.Pick(500, 10) * Callers;
        report.Add($"enqueue, {Callers} callers: {peer.Name}", "jobs/s", count / await AskAsync(producer, "concurrent", count, Callers));
    }

    private async Task SingleAsync(Peer peer, Child producer)
    {
        await server.EmptyAsync();
        var times = Child.Numbers(await producer.AskAsync(string.Create(CultureInfo.InvariantCulture, $"single {report.Options.Pick(3_000, 50)}")));
        report.Add("enqueue one, p50: " + peer.Name, "ms", Quantile.Of(times, 0.5));
        report.Add("enqueue one, p99: " + peer.Name, "ms", Quantile.Of(times, 0.99));
    }

    private async Task PickUpAsync(Peer peer, Child producer)
    {
        await server.EmptyAsync();
        await using var worker = peer.StartWorker();
        await worker.AskAsync(WorkerProcess.Work);
        var count = report.Options.Pick(1_200, 20);
        await AskAsync(producer, "paced", count, GapMs);
        await Meter.UntilAsync(() => peer.CountDoneAsync(count), count);
        var times = Child.Numbers(await worker.AskAsync(WorkerProcess.Latencies)).Skip(count / 2).ToArray(); // The first half is for compilers, as in a drain.
        report.Add("pick-up, p50: " + peer.Name, "ms", Quantile.Of(times, 0.5));
        report.Add("pick-up, p99: " + peer.Name, "ms", Quantile.Of(times, 0.99));
    }

    private async Task DrainAsync(Peer peer, Child producer)
    {
        await server.EmptyAsync();
        var count = Count(peer);
        await AskAsync(producer, "bulk", count);
        await using var worker = peer.StartWorker();
        await worker.AskAsync(WorkerProcess.Work);
        var speed = await Meter.DrainAsync(server, count, () => peer.CountDoneAsync(count), peer.ClearUpAsync);
        report.Add("drain: " + peer.Name, "jobs/s", speed.PerSecond);
        report.Add("drain, Redis CPU: " + peer.Name, "µs/job", speed.RedisMicroseconds);
    }

    private static async Task<double> AskAsync(Child producer, string what, params int[] numbers)
        => double.Parse(await producer.AskAsync(what + ' ' + string.Join(' ', numbers.Select(static number => number.ToString(CultureInfo.InvariantCulture)))), CultureInfo.InvariantCulture);
}
