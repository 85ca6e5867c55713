using System.Collections.Concurrent;
using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Core.Tests.EndToEnd;

/// <summary>What a handler says of its job while it runs is seen by others.</summary>
public sealed class ProgressTests(TestServer server) : IDisposable
{
    private readonly HeldJobs _held = new();

    public void Dispose() => _held.Dispose();

    [Fact]
    public async Task Progress_is_seen_while_the_job_runs_and_gone_when_it_has_ended()
    {
        await using var host = await TestHost.StartAsync(server, jobs => _held.AddTo(jobs));
        var id = await host.Jobs.EnqueueAsync(HeldJobs.Name, new Numbered(1));
        var attempt = await _held.NextAsync();
        (await ProgressAsync(host, id)).Should().BeNull("the handler has said nothing yet");

        await attempt.Job.ReportProgressAsync(0);
        await attempt.Job.ReportProgressAsync(0.25, "a quarter — ¼");

        var progress = (await ProgressAsync(host, id))!;
        (progress.Fraction, progress.Message).Should().Be((0.25, "a quarter — ¼"));
        progress.At.Should().BeOnOrAfter(attempt.Job.StartedAt).And.BeCloseTo(DateTimeOffset.UtcNow, TimeSpan.FromMinutes(1));
        (await host.Monitor.ListAsync(JobState.Running)).Jobs.Should().ContainSingle().Which.Progress.Should().Be(progress);
        (await host.Monitor.ListAsync(state: null)).Jobs.Should().ContainSingle().Which.Progress.Should().Be(progress);
        attempt.Return(null);
        await host.Jobs.WaitForResultAsync<string>(id, TimeSpan.FromSeconds(20));
        (await ProgressAsync(host, id)).Should().BeNull();
    }

    [Fact]
    public async Task Another_attempt_begins_without_progress()
    {
        await using var host = await TestHost.StartAsync(server, jobs => _held.AddTo(jobs));
        var id = await host.Jobs.EnqueueAsync(HeldJobs.Name, new Numbered(1));
        var first = await _held.NextAsync();
        await first.Job.ReportProgressAsync(1, "as good as done");
        first.Throw(new InvalidOperationException("no"));

        var second = await _held.NextAsync();

        (await ProgressAsync(host, id)).Should().BeNull();
        second.Return(null);
        await host.Jobs.WaitForResultAsync<string>(id, TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Those_who_watch_are_told_of_progress()
    {
        await using var host = await TestHost.StartAsync(server, jobs => _held.AddTo(jobs));
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var heard = new ConcurrentQueue<JobEvent>();
        var watching = WatchAsync(host, heard, cancel.Token);
        await Eventually.HoldsAsync(() => !heard.IsEmpty, "the watch has begun");
        var id = await host.Jobs.EnqueueAsync(HeldJobs.Name, new Numbered(1));
        var attempt = await _held.NextAsync();

        await attempt.Job.ReportProgressAsync(0.5);

        await Eventually.HoldsAsync(() => heard.Any(static change => change.IsProgress), "the progress is told");
        heard.Single(static change => change.IsProgress).Should().BeEquivalentTo(
            new { State = (JobState?)JobState.Running, JobIds = new[] { id }, IsGap = false }, o => o.ExcludingMissingMembers());
        await cancel.CancelAsync();
        await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        attempt.Return(null);
        await host.Jobs.WaitForResultAsync<string>(id, TimeSpan.FromSeconds(20));
    }

    [Theory]
    [InlineData(-0.001)]
    [InlineData(1.001)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public async Task Progress_that_is_no_fraction_is_refused(double fraction)
    {
        await using var host = await TestHost.StartAsync(server, jobs => _held.AddTo(jobs));
        await host.Jobs.EnqueueAsync(HeldJobs.Name, new Numbered(1));
        var attempt = await _held.NextAsync();

        var report = () => attempt.Job.ReportProgressAsync(fraction);

        (await report.Should().ThrowAsync<InvalidJobException>()).Which.ErrorId.Should().Be("JQ1050");
        attempt.Return(null);
    }

    [Fact]
    public async Task A_long_message_is_cut_and_a_broken_one_does_no_harm()
    {
        await using var host = await TestHost.StartAsync(server, jobs => _held.AddTo(jobs));
        var id = await host.Jobs.EnqueueAsync(HeldJobs.Name, new Numbered(1));
        var attempt = await _held.NextAsync();

        await attempt.Job.ReportProgressAsync(0.5, new string('x', 5_000));
        (await ProgressAsync(host, id))!.Message.Should().Be(new string('x', 1_024));
        await attempt.Job.ReportProgressAsync(0.5, new string('x', 1_023) + "😀");
        (await ProgressAsync(host, id))!.Message.Should().HaveLength(1_024).And.EndWith("x\uFFFD");

        attempt.Return(null);
    }

    private static async Task<JobProgress?> ProgressAsync(TestHost host, JobId id) => (await host.Jobs.GetAsync(id))!.Progress;

    private static async Task WatchAsync(TestHost host, ConcurrentQueue<JobEvent> heard, CancellationToken cancellationToken)
    {
        await foreach (var change in host.Monitor.WatchAsync(cancellationToken))
        {
            heard.Enqueue(change);
        }
    }
}
