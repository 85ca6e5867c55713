using JobQueue.Benchmarks.Infrastructure;

namespace JobQueue.Benchmarks.Fleet;

/// <summary>The servers that keep a store together.</summary>
/// <param name="Name">What they are.</param>
/// <param name="ConnectionString">For the library: it finds out by itself which shard is where.</param>
/// <param name="All">Each of them.</param>
internal sealed record Masters(string Name, string ConnectionString, IReadOnlyList<BenchServer> All)
{
    public static Masters Of(BenchServer server) => new("one server", server.ConnectionString, [server]);

    public static Masters Of(BenchCluster cluster) => new("three masters", cluster.ConnectionString, cluster.Nodes);

    public Task EmptyAsync() => Task.WhenAll(All.Select(static server => server.EmptyAsync()));

    public async Task<long> CountCompletedAsync(int shards)
        => (await Task.WhenAll(Enumerable.Range(0, shards).Select(
            shard => Store.CountCompletedAsync(All[BenchCluster.NodeOf(shard, All.Count)].Database, shard)))).Sum();
}
