using System.Diagnostics;
using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Core.Tests.EndToEnd;

/// <summary>What a job leaves in its ambient context is not seen by the next one of the same slot, however it ended.</summary>
public sealed class AmbientContextTests(TestServer server)
{
    private static readonly AsyncLocal<string?> Ambient = new();

    [Fact]
    public async Task An_activity_its_baggage_and_a_local_stay_with_the_job_that_set_them()
    {
        await using var host = await TestHost.StartAsync(
            server,
            static jobs => jobs.AddJobHandler<Numbered, string>("look", static (args, _, token) => LookAndLeaveAsync(args.Number, token), static o => (o.MaxRetries, o.Timeout) = (0, TimeSpan.FromMilliseconds(50))),
            static o => (o.Concurrency, o.MaxStuckSlots, o.TimeoutGrace) = (1, 1, TimeSpan.FromMilliseconds(20)));
        Ambient.Value = "the caller's";
        using var callers = new Activity("the caller's").AddBaggage("who", "caller").Start();

        var ids = await host.Jobs.EnqueueManyAsync(Enumerable.Range(0, 8).Select(static n => new JobRequest("look", new Numbered(n))));

        foreach (var (id, number) in ids.Select(static (id, n) => (id, n)))
        {
            Job? job = null;
            await Eventually.HoldsAsync(async () => (job = await host.Jobs.GetAsync(id))!.State is JobState.Completed or JobState.Dead, "the job has ended");
            (job!.Error ?? "found  ").Should().StartWith(
                (number % 4) switch { 1 => "found  ", 2 => "The attempt took longer", 3 => "The attempt took longer", _ => "found  " });
        }
    }

    /// <summary>Each way to end: returns, throws, times out, ignores its token for a while.</summary>
    private static async Task<string> LookAndLeaveAsync(int number, CancellationToken token)
    {
        var found = $"found {Ambient.Value} {Activity.Current?.GetBaggageItem("who")}";
        Ambient.Value = "left by " + number;
        new Activity("left by " + number).AddBaggage("who", "job " + number).Start(); // And never stopped.
        switch (number % 4)
        {
            case 1:
                throw new InvalidDataException(found);
            case 2:
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
                break;
            case 3:
                await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System, CancellationToken.None);
                break;
        }

        return found == "found  " ? found : throw new InvalidDataException(found);
    }
}
