using JobQueue.Benchmarks.Infrastructure;

namespace JobQueue.Benchmarks.Peers;

/// <summary>Sidekiq on Ruby, as the system has it. Its settings are in `bench.rb`.</summary>
internal sealed class Sidekiq(BenchServer server) : Peer(server)
{
    public override string Name => "Sidekiq";

    public override int Jobs => 100_000;

    public override Task<string?> PrepareAsync()
        => Task.FromResult(Find("sidekiq") is null ? "sidekiq is not on the PATH; 'apt-get install ruby-sidekiq' brings it" : null);

    public override Child StartProducer() => Child.Start("ruby", ["bench.rb"], Folder("sidekiq"), ("REDIS_URL", Server.Url));

    public override Child StartWorker() => Child.Start("sidekiq", ["-r", "./bench.rb", "-c", "10"], Folder("sidekiq"), ("REDIS_URL", Server.Url));

    /// <summary>It keeps nothing of a job that is done, or that runs.</summary>
    public override async Task<long> CountDoneAsync(int jobs) => jobs - await Server.Database.ListLengthAsync("queue:default");
}
