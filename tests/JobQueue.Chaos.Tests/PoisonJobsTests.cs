using JobQueue.Chaos.Tests.Infrastructure;
using JobQueue.ChaosWorker;

namespace JobQueue.Chaos.Tests;

/// <summary>Jobs that end their process with <see cref="Environment.FailFast(string)"/>, in a fleet whose dead processes are replaced at once.</summary>
public sealed class PoisonJobsTests(AuditServer auditServer, ITestOutputHelper output) : Scenario(auditServer, output)
{
    private const int Fleet = 3;
    private const int Neighbours = 100;
    private const int Crashes = 3;

    private readonly WorkerProcess[] _fleet = new WorkerProcess[Fleet];
    private readonly List<JobId> _ids = [];
    private readonly List<JobId> _poison = [];
    private int _deaths;

    [Fact]
    public async Task A_poison_job_is_dead_after_its_crashes_and_its_hundred_neighbours_complete_and_the_fleet_goes_on()
    {
        var rounds = Form.Of(1, 12);
        await BeginFleetAsync();
        for (var round = 0; round < rounds; round++)
        {
            await EnqueueAsync(poisons: 1);
            await SuperviseAsync();
        }

        await EnqueueAsync(poisons: 0);
        Figures.Add("poison_jobs", rounds).Add("process_deaths", _deaths);
        var account = await AccountAsync(_ids, _poison);
        AssertCulpritsOnly(account);
        account.Starts.Count(note => _poison.Contains(note.Id)).Should().Be(_poison.Count * Crashes, "each has killed as often as it may, and no less");
        _deaths.Should().Be(_poison.Count * Crashes);
        (await Keys.CountCrashesAsync()).Should().Be(0, "what has ended is counted no longer");
    }

    /// <summary>Several that kill in the same seconds: a neighbour that was beside two of them runs alone from then on.</summary>
    [Fact]
    public async Task Poison_jobs_that_kill_at_the_same_time_are_dead_and_no_neighbour_dies_with_them()
    {
        var poisons = Form.Of(4, 12);
        await BeginFleetAsync();
        await EnqueueAsync(poisons);
        await SuperviseAsync();

        await EnqueueAsync(poisons: 0);
        var account = await AccountAsync(_ids, _poison);
        AssertCulpritsOnly(account);
        var neighbours = account.Starts.Where(note => !_poison.Contains(note.Id)).CountBy(static note => note.Id).ToList();
        Figures.Add("poison_jobs", poisons).Add("process_deaths", _deaths)
            .Add("neighbours_beside_one", neighbours.Count(static starts => starts.Value > 1))
            .Add("neighbours_beside_two", neighbours.Count(static starts => starts.Value >= Crashes));
        Say(Figures.ToString());
    }

    private async Task BeginFleetAsync()
    {
        await BeginAsync();
        for (var place = 0; place < Fleet; place++)
        {
            _fleet[place] = Start();
        }

        await JoinedAsync(_fleet);
    }

    /// <summary>A hundred neighbours, and poison jobs anywhere among them.</summary>
    private async Task EnqueueAsync(int poisons)
    {
        var places = Enumerable.Range(0, Neighbours + poisons).OrderBy(_ => Random.Next()).Take(poisons).ToHashSet();
        var ids = await Jobs.EnqueueManyAsync(Enumerable.Range(0, Neighbours + poisons)
            .Select(number => places.Contains(number) ? new JobRequest(ChaosHandlers.FailFast, number) : new JobRequest(ChaosHandlers.Work, Random.Next(20, 200)))
            .ToList());
        _ids.AddRange(ids);
        _poison.AddRange(ids.Where((_, number) => places.Contains(number)));
    }

    /// <summary>Replaces what has died, as a supervisor does, until all have ended.</summary>
    private Task SuperviseAsync() => Condition.HoldsAsync(
        async () =>
        {
            for (var place = 0; place < Fleet; place++)
            {
                if (_fleet[place].HasExited)
                {
                    _deaths++;
                    _fleet[place] = Start();
                }
            }

            var counts = await Monitor.GetCountsAsync();
            return counts.TotalCompleted + counts.Dead >= _ids.Count;
        },
        async () => "every job has completed or is dead; " + await DescribeAsync());

    private void AssertCulpritsOnly(Account account)
    {
        account.DeadJobs.Should().OnlyContain(static job => job.Reason!.StartsWith("The process that ran it has died 3 times", StringComparison.Ordinal));
        var starts = account.Starts.CountBy(static note => note.Id).ToDictionary();
        _poison.Should().OnlyContain(id => starts[id] <= Crashes, "a job may kill its process so often and no more");
        _deaths.Should().BeLessThanOrEqualTo(_poison.Count * Crashes, "no process died of anything else");
        account.CompletedJobs.Should().OnlyContain(static job => job.Attempts.Count == 1 && job.RetryCount == 0, "a crash uses no attempt and no retry of a neighbour");
    }

    private WorkerProcess Start() => StartWorker(static settings => settings with { MaxCrashes = Crashes });
}
