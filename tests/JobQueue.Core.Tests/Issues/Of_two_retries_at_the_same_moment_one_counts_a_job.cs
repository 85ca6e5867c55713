using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Core.Tests.Issues;

/// <summary>
/// Two calls that had read the same dead letters within one millisecond of the server's clock made the same new records, and each took what the other had
/// stored for its own: both named the job as retried.
/// </summary>
public sealed class Of_two_retries_at_the_same_moment_one_counts_a_job(TestServer server) : StoreTest(server)
{
    private const int Rounds = 40;

    [Fact]
    public async Task Each_job_is_named_by_one_of_them()
    {
        await using var client = await TestHost.StartAsync(Server, static _ => { }, o => (o.KeyPrefix, o.RunWorkers) = (Store.Prefix, false));
        for (var round = 0; round < Rounds; round++)
        {
            string[] names = [.. Enumerable.Range(0, 20).Select(n => $"{round:x}{n:x2}")];
            await Store.SeedAsync(seed =>
            {
                foreach (var name in names)
                {
                    seed.Dead(name);
                }
            });

            var batches = await Task.WhenAll(client.DeadLetters.RetryAllAsync(), client.DeadLetters.RetryAllAsync());

            batches.SelectMany(static batch => batch.JobIds).Should().BeEquivalentTo(names.Select(TestJob.Id), "round {0}", round);
        }
    }
}
