using JobQueue.Chaos.Tests.Infrastructure;
using JobQueue.ChaosWorker;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Redis;

namespace JobQueue.Chaos.Tests;

/// <summary>
/// Two hundred recurring jobs that come every second, while workers and Redis are killed with SIGKILL, each at a moment at which one of the
/// fleet fires.
/// </summary>
public sealed class KilledWhileFiringTests(AuditServer auditServer, ITestOutputHelper output) : Scenario(auditServer, output)
{
    private const int All = 200;

    /// <summary>Long enough for everybody to come back after an outage that is too short for a grace.</summary>
    private const int LeaseMs = 4_000;
    private const int LongestOutageMs = 2_000;
    private const int LostItself = 103;
    private const int LostOthers = 104;
    private const string AtRunTime = "run";

    /// <summary>Of each process: those of one group take turns at firing, those of different groups fire the same at the same time.</summary>
    private static readonly string[] Groups = ["a", "a", "b", "b", "c"];

    private static readonly int Seconds = Form.Of(15, 60);
    private static readonly int WorkerKills = Form.Of(3, 12);
    private static readonly int ServerKills = Form.Of(1, 4);

    /// <summary>The call is on its way to the server, with the server, on its way back.</summary>
    private static readonly FaultKind[] Moments = [FaultKind.HoldCall, FaultKind.Watch, FaultKind.LoseReply];

    private readonly List<HashSet<JobId>> _inFlight = [];

    /// <summary>Nothing is broken from, until; by the machine's clock in ms.</summary>
    private readonly List<(long From, long Until)> _quiet = [];

    private long _quietFrom;

    [Fact]
    public async Task Every_occurrence_enqueues_one_job_while_workers_and_Redis_are_killed()
    {
        await BeginAsync();
        await using var network = FaultProxy.Before(Server.ConnectionString);
        var fleet = Groups.Select(group => Start(network, group)).ToArray();
        await StartedAsync(fleet);
        await RegisterAsync();
        foreach (var (moment, isServer) in DrawKills())
        {
            await CountsAsync(moment);
            _quiet.Add((_quietFrom, Now()));
            await (isServer ? KillServerAsync(network) : KillWorkerAsync(network, fleet));
            await StartedAsync(fleet);
            _quietFrom = Now() + LeaseMs; // Until then jobs of the dead are not recovered.
        }

        await CountsAsync(All * Seconds);
        _quiet.Add((_quietFrom, Now()));
        await Task.WhenAll((await Scheduler.ListAsync()).Select(task => Scheduler.DisableAsync(task.Name)));
        await AllEndedAsync();
        await EndAsync(await Scheduler.ListAsync());
    }

    private static long Now() => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    private async Task EndAsync(IReadOnlyList<RecurringJob> tasks)
    {
        var occurrences = (await Audit.StartsAsync()).GroupBy(static note => (note.RecurringJob, note.Occurrence)).ToList();
        AddFigures(occurrences.ConvertAll(static starts => starts.MinBy(static note => note.At)!));
        var jobs = occurrences.ConvertAll(static starts => starts.Select(static note => note.Id).Distinct().ToList());
        var account = await AccountAsync([.. jobs.SelectMany(static ids => ids)]);

        jobs.Should().OnlyContain(static ids => ids.Count == 1, "an occurrence has one job");
        jobs.SelectMany(static ids => ids).Should().OnlyHaveUniqueItems("a job is for one occurrence");
        tasks.Should().HaveCount(All);
        foreach (var task in tasks)
        {
            var times = occurrences.Where(starts => starts.Key.RecurringJob == task.Name).Select(static starts => starts.Key.Occurrence!.Value).Order().ToList();
            times.Zip(times.Skip(1), static (one, next) => next - one).Should().OnlyContain(static pace => pace == Ticks.Pace.TotalMilliseconds, "{0} leaves no occurrence out", task.Name);
            task.RunCount.Should().Be(times.Count, "the store has counted each job of {0} once", task.Name);
        }

        account.Counts.TotalEnqueued.Should().Be(jobs.Count, "nothing else was enqueued");
        account.Fired.Should().BeEmpty("nobody took a lease from a worker that lived");
        var lost = (await Audit.LogAsync()).Where(static line => line.EventId is LostItself or LostOthers);
        foreach (var (id, again) in account.ExtraStarts)
        {
            again.Should().BeLessThanOrEqualTo(
                _inFlight.Count(held => held.Contains(id)),
                "job {0} starts again only for a kill that it was in flight at; it started {1}, and workers were lost: {2}",
                id, string.Join(", ", account.Starts.Where(note => note.Id == id)), string.Join(", ", lost));
        }
    }

    private void AddFigures(List<AuditNote> first)
    {
        var quiet = first.Where(note => _quiet.Exists(time => time.From <= note.Occurrence && note.Occurrence < time.Until)).ToList();
        Figures.Add("recurring", All).Add("occurrences", first.Count).Add("worker_kills", WorkerKills).Add("server_kills", Server.IsGarnet ? 0 : ServerKills);
        foreach (var (name, notes) in ((string, List<AuditNote>)[])[("quiet", quiet), ("all", first)])
        {
            Figures.Add(name, notes.Count)
                .AddDistribution(name + "_fires_late_ms", notes.Select(static note => (double)(note.EnqueuedAt - note.Occurrence!.Value)))
                .AddDistribution(name + "_starts_late_ms", notes.Select(static note => (double)(note.At - note.Occurrence!.Value)));
        }
    }

    /// <summary>After how many starts somebody is killed, and whether it is the server; not in the first quarter, so that there is something to compare with.</summary>
    private List<(int Moment, bool IsServer)> DrawKills()
    {
        var kills = Enumerable.Repeat(false, WorkerKills).Concat(Enumerable.Repeat(true, Server.IsGarnet ? 0 : ServerKills)).ToArray();
        Random.Shuffle(kills);
        return [.. kills.Select(_ => Random.Next(All * Seconds / 4, All * Seconds * 9 / 10)).Order().Zip(kills)];
    }

    private Task CountsAsync(int count) => Condition.HoldsAsync(
        async () => await Audit.CountStartsAsync() >= count, async () => $"{count} jobs have started; {await DescribeAsync()}");

    private async Task RegisterAsync()
    {
        _quietFrom = Now();
        await Task.WhenAll(Enumerable.Range(0, All - (Groups.Distinct().Count() * Ticks.Declared)).Select(number => Scheduler.RegisterAsync(
            Ticks.NameOf(AtRunTime, number), ChaosHandlers.Work, Ticks.ScheduleOf(number), Ticks.WorkMs, Ticks.MakeUpForAll)));
    }

    /// <summary>The victim may be the one whose call is held here, and which the server then executes for a process that is gone.</summary>
    private async Task KillWorkerAsync(FaultProxy network, WorkerProcess[] fleet)
    {
        var at = Random.Next(fleet.Length);
        var trap = await CatchFireAsync(network, fleet[at].Name, Moments[Random.Next(2)]);
        fleet[at].Kill();
        trap.LetGo();
        _inFlight.Add(await Keys.LeasedByAsync(fleet[at].Settings.Name));
        fleet[at] = Start(network, Groups[at]);
    }

    private async Task KillServerAsync(FaultProxy network)
    {
        var trap = await CatchFireAsync(network, "the server", Moments[Random.Next(Moments.Length)]);
        Server.Kill();
        trap.LetGo();
        await Task.Delay(Random.Next(LongestOutageMs), TestContext.Current.CancellationToken); // How long it is away is what is tested.
        await Server.RestartAsync();
    }

    private async Task<FaultTrap> CatchFireAsync(FaultProxy network, string victim, FaultKind moment)
    {
        var trap = network.Set(moment, RedisScripts.FireRecurring.Hash);
        var come = moment == FaultKind.LoseReply ? trap.Answered : trap.Caught;
        await Condition.HoldsAsync(() => come.IsCompleted, static () => "somebody fires");
        Say($"{Now()}: kill {victim} in a fire, {moment}");
        return trap;
    }

    private WorkerProcess Start(FaultProxy network, string group) => StartWorker(settings => settings with
    {
        Connection = network.Through(Server.ConnectionString),
        CallTimeoutMs = (int)FlowScene.CallTimeout.TotalMilliseconds,
        LeaseMs = LeaseMs,
        MaxCrashes = 100, // Jobs that happen to be hit by several kills are not to die of it here.
        TicksGroup = group,
    });
}
