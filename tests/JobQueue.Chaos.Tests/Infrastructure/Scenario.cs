using System.Globalization;
using JobQueue.ChaosWorker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace JobQueue.Chaos.Tests.Infrastructure;

/// <summary>
/// A fleet of worker processes on a server of its own, something that is done to it, and the account at the end: every enqueued id
/// is where it must be, <see cref="IJobMonitor.VerifyAsync"/> finds nothing, and the audit of the handlers agrees. A test that
/// does not end with <see cref="AccountAsync"/> fails.
/// </summary>
public abstract class Scenario(AuditServer auditServer, ITestOutputHelper output) : IAsyncLifetime
{
    /// <summary>An error that a loop did not expect: no fault that is injected here may lead to one.</summary>
    private protected const int LoopFailed = 107;

    private readonly List<WorkerProcess> _workers = [];
    private readonly DirectoryInfo _gates = Directory.CreateTempSubdirectory("jobqueue-chaos-");
    private readonly Figures _figures = new();
    private ChaosServer? _server;
    private string? _connectionString;
    private IHost? _client;
    private bool _accounted;

    internal Audit Audit { get; } = new(auditServer);

    private protected static ChaosForm Form => ChaosForm.Current;

    internal ChaosServer Server => _server ?? throw new InvalidOperationException("The scenario has not begun.");

    /// <summary>Where the store is.</summary>
    internal string ConnectionString => _connectionString ?? throw new InvalidOperationException("The scenario has not begun.");

    internal string Prefix { get; } = "c" + Guid.NewGuid().ToString("N")[..10];

    /// <summary>All that the test draws.</summary>
    internal Random Random { get; } = Seed.For(TestName);

    private protected Figures Figures => _figures;

    private protected StoreKeys Keys => new(Server, Prefix);

    private protected IJobQueue Jobs => Client.Services.GetRequiredService<IJobQueue>();

    private protected IJobMonitor Monitor => Client.Services.GetRequiredService<IJobMonitor>();

    private protected IJobScheduler Scheduler => Client.Services.GetRequiredService<IJobScheduler>();

    private protected IReadOnlyList<WorkerProcess> Workers => _workers;

    private IHost Client => _client ?? throw new InvalidOperationException("The scenario has not begun.");

    private static string TestName => TestContext.Current.TestMethod is { } method ? $"{method.TestClass.TestClassSimpleName}.{method.MethodName}" : "unknown";

    public ValueTask InitializeAsync()
    {
        Say($"seed: {Seed.HowToRepeat(TestName)}");
        return ValueTask.CompletedTask;
    }

    /// <summary>Starts the server and a client on it that runs no jobs.</summary>
    private protected async Task BeginAsync(Fsync fsync = Fsync.Always, params string[] configuration)
    {
        await EnsureAsync();
        _server = await ChaosServer.StartAsync(fsync, configuration);
        _connectionString = _server.ConnectionString;
        Assert.SkipWhen(Server.IsGarnet && !Form.IsChosen, $"Half of it can't be done on Garnet, and the rest takes twice as long: set {ChaosForm.Variable}=short to do it.");
        await StartClientAsync();
    }

    /// <summary>Skips the test where there is no server, or nothing is to be broken.</summary>
    private protected async Task EnsureAsync()
    {
        await auditServer.EnsureAsync();
        Assert.SkipWhen(Form.IsOff, $"{ChaosForm.Variable}=off: nothing is broken in this run.");
    }

    /// <summary>Starts a client on servers that the test has started itself, and ends after this.</summary>
    private protected async Task BeginOnAsync(string connectionString)
    {
        _connectionString = connectionString;
        await StartClientAsync();
    }

    private async Task StartClientAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddJobQueue(options =>
        {
            options.ConnectionString = ConnectionString;
            options.KeyPrefix = Prefix;
            options.RunWorkers = false;
            options.CallTimeout = TimeSpan.FromSeconds(30);
        });
        _client = builder.Build();
        await _client.StartAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Starts a worker process. Each start has a name of its own in the audit; the worker's name is the same unless it is changed.</summary>
    internal WorkerProcess StartWorker(Func<WorkerSettings, WorkerSettings>? configure = null)
    {
        var process = string.Create(CultureInfo.InvariantCulture, $"p{_workers.Count}");
        var settings = new WorkerSettings
        {
            Connection = ConnectionString,
            Prefix = Prefix,
            AuditConnection = Audit.ConnectionString,
            AuditPrefix = Audit.Prefix,
            Name = process,
            Process = process,
            Gates = _gates.FullName,
        };
        var worker = WorkerProcess.Start(configure?.Invoke(settings) ?? settings);
        _workers.Add(worker);
        return worker;
    }

    /// <summary>Waits until a worker of each of these processes is live.</summary>
    internal Task JoinedAsync(params IReadOnlyList<WorkerProcess> workers) => Condition.HoldsAsync(
        async () =>
        {
            var live = (await Monitor.GetWorkersAsync()).Where(static worker => worker.IsLive).Select(static worker => worker.ProcessId).ToHashSet();
            return workers.All(worker => live.Contains(worker.Id));
        },
        () => Task.FromResult("the workers join: " + string.Join('\n', workers.Select(static worker => worker.HasExited + worker.Output))));

    /// <summary>
    /// Waits until the hosts of these processes have started: a worker is live a little before that, and a host that does not reach Redis in between
    /// does not start.
    /// </summary>
    private protected Task StartedAsync(params IReadOnlyList<WorkerProcess> workers) => Condition.HoldsAsync(
        async () =>
        {
            var started = (await Audit.LogAsync()).Where(static line => line.Message.StartsWith("Application started", StringComparison.Ordinal)).Select(static line => line.Process).ToHashSet();
            return workers.All(worker => started.Contains(worker.Name));
        },
        () => Task.FromResult("the hosts start: " + string.Join('\n', workers.Select(static worker => worker.HasExited + worker.Output))));

    /// <summary>Sets the wall clocks of the workers whose clocks jump.</summary>
    private protected void SetClock(int hours)
    {
        var file = Path.Combine(_gates.FullName, JumpingClock.FileName);
        File.WriteAllText(file + ".new", hours.ToString(CultureInfo.InvariantCulture));
        File.Move(file + ".new", file, overwrite: true);
    }

    /// <summary>Lets every handler go on that waits for this gate, now or later.</summary>
    private protected void Open(string gate) => File.WriteAllText(Path.Combine(_gates.FullName, gate), "");

    /// <summary>
    /// The account. Waits until every job has ended, then holds against each other what the test enqueued, what the store says, and
    /// what the handlers noted.
    /// </summary>
    /// <param name="enqueued">Every id whose enqueue was acknowledged.</param>
    /// <param name="dead">Those of them that must be dead letters; the others must have completed.</param>
    /// <param name="lost">Ids that the server had acknowledged and lost, and that may have run before; not among those enqueued.</param>
    private protected async Task<Account> AccountAsync(
        IReadOnlyCollection<JobId> enqueued, IReadOnlyCollection<JobId>? dead = null, IReadOnlyCollection<JobId>? lost = null)
    {
        dead ??= [];
        await AllEndedAsync();
        var account = await Account.ReadAsync(Monitor, Audit, enqueued);
        var problems = (await Audit.LogAsync()).Where(static line => line.EventId == LoopFailed).ToList();
        problems.Should().BeEmpty("no loop of a worker meets an error that it does not expect");

        account.Completed.Should().OnlyHaveUniqueItems("a job completes once").And.HaveCount(enqueued.Count - dead.Count);
        account.Completed.ToHashSet().SetEquals(enqueued.Except(dead)).Should().BeTrue("each enqueued job has completed, and no other");
        account.Dead.Should().BeEquivalentTo(dead, "these and no others are dead");
        account.Counts.TotalCompleted.Should().Be(enqueued.Count - dead.Count, "each completion was counted once");
        account.NotStarted.Should().BeEmpty("the handler of every job has noted a start");
        account.NotDone.Except(dead).Should().BeEmpty("the handler of every completed job has noted its end");
        account.Strangers.Except(lost ?? []).Should().BeEmpty("no job ran that was not enqueued");

        var report = await Monitor.VerifyAsync(TestContext.Current.CancellationToken);
        report.Violations.Should().BeEmpty("the store is as it must be");
        report.IsComplete.Should().BeTrue();
        account.AddTo(_figures);
        Say(_figures.ToString());
        _accounted = true;
        return account;
    }

    /// <summary>For a test that ends with an account of its own, because its jobs or its workers are others than those of a fleet.</summary>
    private protected void NoAccount() => _accounted = true;

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        var failed = TestContext.Current.TestState?.Result is TestResult.Failed or TestResult.Skipped;
        foreach (var worker in _workers)
        {
            if (failed && worker.Output.Length > 0)
            {
                Say($"{worker.Name} wrote: {worker.Output}");
            }

            worker.Dispose();
        }

        await EndClientAsync();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        if (_connectionString is not null)
        {
            await Audit.RemoveAsync();
        }

        _gates.Delete(recursive: true);
        (failed || _accounted).Should().BeTrue("a scenario ends with its account");
    }

    /// <summary>What there is in place of what was waited for.</summary>
    private protected async Task<string> DescribeAsync() => string.Join('\n', [
        $"the counts are {await Monitor.GetCountsAsync()}",
        _server is null ? "" : await Keys.DescribeAsync(),
        await DescribeLeasesAsync(),
        .. _workers.Select(static worker => $"{worker.Name}: process {worker.Id}{(worker.HasExited ? $", exited with {worker.ExitCode}" : "")}"),
        .. (await Audit.LogAsync()).TakeLast(60).Select(static line => line.ToString())]);

    /// <summary>Who holds what by the server's account, and until when who counts as alive.</summary>
    private async Task<string> DescribeLeasesAsync()
    {
        var leases = (await Monitor.ListAsync(JobState.Running)).Jobs.Select(static job => $"leased: {job.Id} to {job.WorkerId} at {job.StartedAt:O}");
        var workers = (await Monitor.GetWorkersAsync()).Select(static worker => $"worker {worker.Id}: live {worker.IsLive}, until {worker.LeaseUntil:O}, lost at {worker.LostAt:O}, holds {string.Join(' ', worker.Jobs.Select(static job => job.Id))}");
        return string.Join('\n', [.. leases, .. workers]);
    }

    /// <summary>A line for whoever reads the run, also of a test that passes.</summary>
    private protected void Say(string line)
    {
        output.WriteLine(line);
        TestContext.Current.SendDiagnosticMessage("{0}: {1}", TestName, line);
    }

    /// <summary>Waits until no job waits or runs.</summary>
    private protected async Task AllEndedAsync()
    {
        await Condition.HoldsAsync(
            async () => await Monitor.GetCountsAsync() is { Pending: 0, Running: 0, Retrying: 0, Scheduled: 0 },
            async () => $"all jobs have ended; {await DescribeAsync()}");
    }

    private async Task EndClientAsync()
    {
        if (_client is not null)
        {
            await _client.StopAsync(CancellationToken.None);
            await ((IAsyncDisposable)_client).DisposeAsync();
        }
    }
}
