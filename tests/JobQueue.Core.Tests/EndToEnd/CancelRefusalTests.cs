using System.Text;
using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Core.Tests.EndToEnd;

/// <summary>Jobs that can't be cancelled although they wait, because of what is stored.</summary>
public sealed class CancelRefusalTests(TestServer server) : StoreTest(server)
{
    [Fact]
    public async Task A_job_whose_record_can_not_be_read_is_left_for_a_worker_to_bury()
    {
        await Store.SeedAsync(static seed => seed.Pending("a").Text("job:" + TestJob.IdText("a"), "no record"));

        var refusal = await RefusalAsync();

        refusal.ErrorId.Should().Be("JQ1115");
        refusal.Message.Should().Contain("can't be cancelled");
    }

    [Fact]
    public async Task A_running_job_whose_record_can_not_be_read_is_asked_to_stop()
    {
        await Store.SeedAsync(static seed => seed.Running("a").Text("job:" + TestJob.IdText("a"), "no record"));
        await using var client = await StartClientAsync();

        (await client.Jobs.CancelAsync(TestJob.Id("a"))).Should().Be(JobState.Running);
    }

    [Fact]
    public async Task A_job_that_is_never_as_it_was_read_is_given_up_and_left_alone()
    {
        // A blank that our writer never writes hides the line from scripts: what they read and what they find never agree.
        var record = Encoding.UTF8.GetString(TestJob.Record("a", "high|mail")).Replace("{\"v\"", "{ \"v\"", StringComparison.Ordinal);
        await Store.SeedAsync(seed => seed.Scheduled("a", TimeSpan.FromHours(1), "high|mail").Text("job:" + TestJob.IdText("a"), record));

        (await RefusalAsync()).ErrorId.Should().Be("JQ1108");
    }

    private async Task<JobStateException> RefusalAsync()
    {
        await using var client = await StartClientAsync();
        JobStateException? refusal = null;
        var changes = await Store.ChangesOfAsync(async () =>
        {
            var cancel = () => client.Jobs.CancelAsync(TestJob.Id("a"));
            refusal = (await cancel.Should().ThrowAsync<JobStateException>()).Which;
        });

        changes.Should().BeEmpty();
        return refusal!;
    }

    private Task<TestHost> StartClientAsync() => TestHost.StartAsync(Server, static _ => { }, o => (o.KeyPrefix, o.RunWorkers) = (Store.Prefix, false));
}
