using JobQueue.Benchmarks.Infrastructure;

namespace JobQueue.Benchmarks.Peers;

/// <summary>This library: concurrency 100, everything else at its default.</summary>
internal sealed class Ours(BenchServer server) : Peer(server)
{
    public override string Name => "JobQueue";

    public override int Jobs => 2_000_000; // Half of them take longer than the compilers work, and than retention waits.

    public override Child StartProducer() => Child.StartSelf(ProducerProcess.Argument, Server.ConnectionString);

    public override Child StartWorker() => Child.StartSelf([WorkerProcess.Argument, Server.ConnectionString, .. WorkerKind.Usual.ToArguments()]);

    public override Task ClearUpAsync() => Store.WaitForRetentionAsync(Server.Database);

    public override Task<long> CountDoneAsync(int jobs) => Store.CountCompletedAsync(Server.Database);
}
