using System.Globalization;
using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Core.Tests.EndToEnd;

/// <summary>A job's log is kept with the job, over all of its attempts.</summary>
public sealed class JobLogTests(TestServer server) : IDisposable
{
    private readonly HeldJobs _held = new();

    public void Dispose() => _held.Dispose();

    [Fact]
    public async Task Lines_are_seen_while_the_job_runs_and_stay_when_it_has_ended()
    {
        await using var host = await TestHost.StartAsync(server, jobs => _held.AddTo(jobs));
        var id = await host.Jobs.EnqueueAsync(HeldJobs.Name, new Numbered(1));
        var attempt = await _held.NextAsync();

        await attempt.Job.LogAsync("one");
        await attempt.Job.LogAsync("two\nof two lines | with a bar — and more");
        await attempt.Job.LogAsync("");

        string[] expected = ["one", "two\nof two lines | with a bar — and more", ""];
        (await LinesAsync(host, id)).Should().Equal(expected);
        var times = (await host.Monitor.GetLogAsync(id)).Select(static line => line.At);
        times.Should().BeInAscendingOrder().And.OnlyContain(at => at >= attempt.Job.StartedAt);
        attempt.Return(null);
        await host.Jobs.WaitForResultAsync<string>(id, TimeSpan.FromSeconds(20));
        (await LinesAsync(host, id)).Should().Equal(expected);
        await host.Jobs.DeleteAsync(id);
        (await LinesAsync(host, id)).Should().BeEmpty("it goes with the job");
    }

    [Fact]
    public async Task The_log_survives_a_retry_a_snooze_and_a_requeue_by_a_person()
    {
        await using var host = await TestHost.StartAsync(server, jobs => _held.AddTo(jobs, static o => o.MaxRetries = 1));
        var id = await host.Jobs.EnqueueAsync(HeldJobs.Name, new Numbered(1));
        await LogAndEndAsync("first", static attempt => attempt.Throw(new InvalidOperationException("no")));
        await LogAndEndAsync("second", static attempt => attempt.Job.Snooze(TimeSpan.FromMilliseconds(1)));
        await LogAndEndAsync("third", static attempt => attempt.Throw(new InvalidOperationException("no")));
        await Eventually.HoldsAsync(async () => (await host.Jobs.GetAsync(id))!.State == JobState.Dead, "it is dead");
        (await LinesAsync(host, id)).Should().Equal("first", "second", "third");

        await host.DeadLetters.RetryAsync(id);

        await LogAndEndAsync("fourth", static _ => { });
        await host.Jobs.WaitForResultAsync<string>(id, TimeSpan.FromSeconds(20));
        (await LinesAsync(host, id)).Should().Equal("first", "second", "third", "fourth");
    }

    [Fact]
    public async Task The_newest_200_lines_are_kept_and_calls_at_the_same_time_share_round_trips()
    {
        var prefix = TestServer.NewPrefix();
        await using var host = await TestHost.StartAsync(server, jobs => _held.AddTo(jobs), o => o.KeyPrefix = prefix);
        var id = await host.Jobs.EnqueueAsync(HeldJobs.Name, new Numbered(1));
        var attempt = await _held.NextAsync();

        await Task.WhenAll(Enumerable.Range(0, 1_000).Select(number => attempt.Job.LogAsync(number.ToString(CultureInfo.InvariantCulture))));

        (await LinesAsync(host, id)).Should().Equal(Enumerable.Range(800, 200).Select(static number => number.ToString(CultureInfo.InvariantCulture)));
        var mark = (string)(await server.Connection.GetDatabase().ListGetByIndexAsync($"{{{prefix}:0}}:job:{id}:log", 0))!;
        int.Parse(mark.Split('|')[^1], CultureInfo.InvariantCulture).Should().BeLessThan(500, "this many calls have brought the lines");
        attempt.Return(null);
    }

    [Fact]
    public async Task Lines_that_the_handler_did_not_wait_for_are_there_when_it_has_ended()
    {
        await using var host = await TestHost.StartAsync(
            server,
            static jobs => jobs.AddJobHandler<Numbered>("chatty", static (_, job, _) =>
            {
                for (var number = 0; number < 50; number++)
                {
                    _ = job.LogAsync(number.ToString(CultureInfo.InvariantCulture));
                }

                return Task.CompletedTask;
            }));
        var ids = await host.Jobs.EnqueueManyAsync(Enumerable.Range(0, 40).Select(static number => new JobRequest("chatty", new Numbered(number))));

        foreach (var id in ids)
        {
            await host.Jobs.WaitForResultAsync<object>(id, TimeSpan.FromSeconds(20));
            (await LinesAsync(host, id)).Should().HaveCount(50).And.HaveElementAt(49, "49");
        }
    }

    [Fact]
    public async Task A_long_line_is_cut_where_a_character_ends()
    {
        await using var host = await TestHost.StartAsync(server, jobs => _held.AddTo(jobs));
        var id = await host.Jobs.EnqueueAsync(HeldJobs.Name, new Numbered(1));
        var attempt = await _held.NextAsync();

        await attempt.Job.LogAsync(new string('x', 10_000));
        await attempt.Job.LogAsync("x" + new string('ä', 5_000));

        (await LinesAsync(host, id)).Should().Equal(new string('x', 4_096), "x" + new string('ä', 2_047));
        attempt.Return(null);
    }

    [Fact]
    public async Task An_empty_id_is_refused_and_a_context_without_an_attempt_says_so()
    {
        await using var host = await TestHost.StartAsync(server, jobs => _held.AddTo(jobs));
        var id = await host.Jobs.EnqueueAsync(HeldJobs.Name, new Numbered(1));
        var attempt = await _held.NextAsync();
        attempt.Return(null);
        await host.Jobs.WaitForResultAsync<string>(id, TimeSpan.FromSeconds(20));

        var log = () => host.Monitor.GetLogAsync(default);
        (await log.Should().ThrowAsync<InvalidJobException>()).Which.ErrorId.Should().Be("JQ1016");
        await attempt.Job.LogAsync("too late");
        await attempt.Job.ReportProgressAsync(1);
        (await LinesAsync(host, id)).Should().BeEmpty("the handler has returned");
        var once = () => attempt.Job.OnceAsync("step", static _ => Task.CompletedTask);
        (await once.Should().ThrowAsync<InvalidOperationException>()).WithMessage("JQ1059: *");
    }

    private async Task LogAndEndAsync(string line, Action<HeldAttempt> end)
    {
        var attempt = await _held.NextAsync();
        await attempt.Job.LogAsync(line);
        end(attempt);
        attempt.Return(null);
    }

    private static async Task<IEnumerable<string>> LinesAsync(TestHost host, JobId id) => (await host.Monitor.GetLogAsync(id)).Select(static line => line.Text);
}
