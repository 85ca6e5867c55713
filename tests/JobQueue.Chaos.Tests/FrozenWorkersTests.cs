using System.Globalization;
using JobQueue.Chaos.Tests.Infrastructure;
using JobQueue.ChaosWorker;

namespace JobQueue.Chaos.Tests;

/// <summary>Workers that are stopped with SIGSTOP for longer than their lease, and continued when others have their jobs.</summary>
public sealed class FrozenWorkersTests(AuditServer auditServer, ITestOutputHelper output) : Scenario(auditServer, output)
{
    private const int Fleet = 3;
    private const int Slots = 4;
    private const int WorkerLost = 103;
    private const int OutcomesRefused = 205;
    private const int MostRounds = 12;
    private const int LongestMs = 20;

    private static readonly int Rounds = Form.Of(2, 8);

    /// <summary>Every job was in flight at a stop, and held by the one that was stopped.</summary>
    private readonly List<HashSet<JobId>> _inFlight = [];

    private readonly List<JobId> _ids = [];
    private readonly HashSet<string> _lost = [];

    /// <summary>The worker that held a job when it was stopped.</summary>
    private readonly Dictionary<JobId, string> _takenFrom = [];

    /// <summary>
    /// In each round a worker holds jobs whose handlers have nothing left to do when it is continued, and jobs whose handlers go on
    /// until their tokens fire. Rounds follow until the server has refused an outcome: whether the worker hears that it was lost
    /// before it reports is a race.
    /// </summary>
    [Fact]
    public async Task A_worker_that_comes_back_after_its_lease_has_its_outcomes_refused_and_its_tokens_fired_and_completes_nothing_twice()
    {
        await BeginAsync();
        var fleet = Enumerable.Range(0, Fleet).Select(_ => StartWorker(static settings => settings with { Concurrency = Slots })).ToArray();
        await JoinedAsync(fleet);

        var rounds = 0;
        while (rounds < Rounds || (await Audit.CountLoggedAsync(OutcomesRefused) == 0 && rounds < MostRounds))
        {
            await RoundAsync(fleet, rounds++);
        }

        var refused = (await Audit.LogAsync()).Where(static line => line.EventId == OutcomesRefused).Sum(static line => int.Parse(line.Message.Split(' ')[0], CultureInfo.InvariantCulture));
        Figures.Add("rounds", rounds).Add("in_flight_at_stops", _inFlight.Sum(static held => held.Count)).Add("outcomes_refused_at_least", refused);
        var account = await AccountAsync(_ids);

        refused.Should().BePositive("outcomes of a lost lease are refused");
        (await Audit.CountLoggedAsync(WorkerLost)).Should().Be(rounds, "each stopped worker learned once that it was lost");
        AssertOnceEach(account);
        account.CompletedJobs.Should().OnlyContain(job => _takenFrom.GetValueOrDefault(job.Id) != job.Attempts[0].WorkerId, "what was taken from a worker was reported by another");
    }

    [Fact]
    public async Task Workers_that_are_stopped_and_continued_while_jobs_flow_lose_none_and_complete_none_twice()
    {
        await BeginAsync();
        var fleet = Enumerable.Range(0, Fleet).Select(_ => StartWorker(static settings => settings with { MaxCrashes = 100 })).ToArray();
        await JoinedAsync(fleet);
        var durations = new Random(Random.Next());
        await using var flow = Flow.Start(Jobs, Monitor, () => new JobRequest(ChaosHandlers.Work, durations.Next(LongestMs + 1)));

        for (var round = 0; round < Rounds; round++)
        {
            var moment = await Audit.CountCompletionsAsync() + Random.Next(200, 1_000);
            await Condition.HoldsAsync(async () => await Audit.CountCompletionsAsync() >= moment, "jobs flow");
            var victim = fleet[Random.Next(Fleet)];
            await FreezeUntilLostAsync(victim);
            victim.Thaw();
            await JoinsAgainAsync(victim);
        }

        _ids.AddRange(await flow.StopAsync());
        Figures.Add("rounds", Rounds).Add("in_flight_at_stops", _inFlight.Sum(static held => held.Count));
        AssertOnceEach(await AccountAsync(_ids));
    }

    private async Task RoundAsync(WorkerProcess[] fleet, int round)
    {
        var (early, late) = (string.Create(CultureInfo.InvariantCulture, $"early{round}"), string.Create(CultureInfo.InvariantCulture, $"late{round}"));
        var ids = await Jobs.EnqueueManyAsync(Enumerable.Range(0, Fleet * Slots).Select(number => number % 2 == 0
            ? new JobRequest(ChaosHandlers.BlockOwn, early)
            : new JobRequest(ChaosHandlers.Gated, late)));
        _ids.AddRange(ids);
        var soon = ids.Where(static (_, number) => number % 2 == 0).ToHashSet();
        await Condition.HoldsAsync(async () => (await StartedAsync(ids)).Count == ids.Count, "every slot runs a job");

        var running = await StartedAsync(ids);
        var victim = fleet.MaxBy(worker => Math.Min(Held(running, worker, soon.Contains), Held(running, worker, id => !soon.Contains(id))))!;
        var held = running.Where(note => note.Process == victim.Name).Select(static note => note.Id).ToHashSet();
        (held.Any(soon.Contains) && !held.All(soon.Contains)).Should().BeTrue("the worker holds jobs of both kinds");
        await FreezeUntilLostAsync(victim);

        Open(early);
        await Condition.HoldsAsync(
            async () => (await StartedAsync(ids)).Where(note => note.Process != victim.Name).Select(static note => note.Id).ToHashSet().IsSupersetOf(held),
            "the others run what the stopped worker held");
        victim.Thaw();

        await Condition.HoldsAsync(
            async () => held.Except(soon).All((await Audit.FiredAsync()).Where(note => note.Process == victim.Name).Select(static note => note.Id).ToHashSet().Contains),
            "the tokens fire of the handlers that the stopped worker was running");
        await JoinsAgainAsync(victim);
        (await Audit.FiredAsync()).Should().OnlyContain(note => !ids.Contains(note.Id) || note.Process == victim.Name, "nobody else's tokens fire");
        Open(late);
        await Condition.HoldsAsync(async () => (await Monitor.GetCountsAsync()).TotalCompleted == _ids.Count, "the round's jobs have completed");
    }

    private static int Held(IEnumerable<AuditNote> running, WorkerProcess worker, Func<JobId, bool> kind) => running.Count(note => note.Process == worker.Name && kind(note.Id));

    private async Task<IReadOnlyCollection<AuditNote>> StartedAsync(IReadOnlyList<JobId> ids)
    {
        var wanted = ids.ToHashSet();
        return [.. (await Audit.StartsAsync()).Where(note => wanted.Contains(note.Id))];
    }

    private async Task FreezeUntilLostAsync(WorkerProcess victim)
    {
        victim.Freeze();
        _inFlight.Add(await Keys.LeasedByAsync(victim.Settings.Name));
        string? lost = null;
        await Condition.HoldsAsync(
            async () => (lost = (await Keys.LostAsync()).FirstOrDefault(id => IsOf(victim, id) && !_lost.Contains(id))) is not null,
            "the stopped worker is declared lost");
        _lost.Add(lost!);
        foreach (var id in _inFlight[^1])
        {
            _takenFrom[id] = lost!;
        }

        await Condition.HoldsAsync(async () => (await Keys.LeasedByAsync(victim.Settings.Name)).Count == 0, "its jobs wait again");
    }

    private Task JoinsAgainAsync(WorkerProcess victim) => Condition.HoldsAsync(
        async () => (await Keys.LeasesAsync()).Keys.Any(id => IsOf(victim, id) && !_lost.Contains(id)), "the continued worker goes on under a new id");

    private static bool IsOf(WorkerProcess worker, string workerId) => workerId.StartsWith(worker.Settings.Name + "-", StringComparison.Ordinal);

    private void AssertOnceEach(Account account)
    {
        _inFlight.Should().Contain(static held => held.Count > 0, "the stops hit workers at work");
        foreach (var (id, again) in account.ExtraStarts)
        {
            again.Should().BeLessThanOrEqualTo(_inFlight.Count(held => held.Contains(id)), "job {0} starts again only for a stop that it was in flight at", id);
        }

        account.CompletedJobs.Should().OnlyContain(static job => job.Attempts.Count == 1 && job.RetryCount == 0, "one outcome of each job was taken");
    }
}
