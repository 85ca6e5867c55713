using System.Globalization;
using JobQueue.Chaos.Tests.Infrastructure;

namespace JobQueue.Chaos.Tests;

/// <summary>A server that is there and does not do what it is asked: each way has its error, and ends by itself when its reason does.</summary>
public sealed class FaultyServerTests(AuditServer auditServer, ITestOutputHelper output) : Scenario(auditServer, output)
{
    private const string CannotConnect = "JQ2001";
    private const string EnqueueFailed = "JQ2002";
    private const string Full = "JQ2004";
    private const int Round = 50;
    private const int PauseMs = 2_500;

    [Fact]
    public async Task A_full_server_refuses_new_jobs_and_the_waiting_ones_go_on_until_there_is_room()
    {
        await using var scene = await BeginAsync("It has no maxmemory that refuses writes.");
        await ExecuteAsync("CONFIG", "SET", "maxmemory", "1");
        await scene.Callers.FailAsync(Round);
        var stored = scene.Callers.Acknowledged;
        await Condition.HoldsAsync(async () => await Audit.CountCompletionsAsync() >= stored, "what was stored completes meanwhile");
        scene.Callers.Errors.Keys.Should().Equal([Full]);
        scene.Callers.FoundThere.Should().Be(0, "nothing was stored");

        await ExecuteAsync("CONFIG", "SET", "maxmemory", "0");

        await RecoversAsync(scene, Full);
    }

    [Fact]
    public async Task A_server_that_became_a_read_only_replica_is_waited_for()
    {
        await using var scene = await BeginAsync("It is given no primary here.");
        await ExecuteAsync("REPLICAOF", "127.0.0.1", "1");
        await scene.Callers.FailAsync(Round);
        (await scene.Jobs.GetAsync(scene.Callers.AcknowledgedAt.Keys.First())).Should().NotBeNull("it still answers what it knows");

        await ExecuteAsync("REPLICAOF", "NO", "ONE");

        await RecoversAsync(scene, EnqueueFailed);
    }

    [Fact]
    public async Task A_wrong_password_is_named_at_the_start_and_a_changed_one_is_waited_for()
    {
        await using var scene = await BeginAsync("Its password can't be changed while it runs.");
        var password = Server.ConnectionString.Split("password=")[1].Split(',')[0];
        var stranger = () => ChaosClient.StartAsync(Server.ConnectionString.Replace(password, "wrong", StringComparison.Ordinal), Prefix, TimeSpan.FromSeconds(5));
        var error = (await stranger.Should().ThrowAsync<JobQueueUnavailableException>()).Which;
        error.ErrorId.Should().Be(CannotConnect);
        error.Message.Should().Contain("(AuthenticationFailure)").And.Contain("password").And.NotContain("wrong");

        await ExecuteAsync("CONFIG", "SET", "requirepass", "another");
        scene.Network.Break();
        await scene.Callers.FailAsync(Round);
        await ExecuteAsync("CONFIG", "SET", "requirepass", password);

        await RecoversAsync(scene, EnqueueFailed);
    }

    [Fact]
    public async Task A_user_without_channel_rights_gets_its_jobs_by_polling_and_is_told_why()
    {
        await using var scene = await BeginAsync("Its users have no rights of channels.");
        await ExecuteAsync("ACL", "SETUSER", "default", "resetchannels");
        StartWorker();
        await scene.Callers.FlowsAsync(Round);
        var watch = async () =>
        {
            await foreach (var _ in Monitor.WatchAsync(TestContext.Current.CancellationToken))
            {
                break;
            }
        };
        (await watch.Should().ThrowAsync<JobQueueException>()).Which.ErrorId.Should().Be("JQ2005");
        scene.Callers.Failures.Should().Be(0, "an enqueue does not depend on channels");

        await ExecuteAsync("ACL", "SETUSER", "default", "allchannels");

        await RecoversAsync(scene);
    }

    [Fact]
    public async Task A_frozen_server_is_given_up_in_time_and_gets_everything_when_it_goes_on()
    {
        await using var scene = await BeginAsync();
        Server.Freeze();
        await scene.Callers.FailAsync(Round);

        Server.Thaw();

        await RecoversAsync(scene, EnqueueFailed);
    }

    [Fact]
    public async Task A_paused_server_is_given_up_in_time_and_gets_everything_when_it_goes_on()
    {
        await using var scene = await BeginAsync("It has no CLIENT PAUSE.");
        await ExecuteAsync("CLIENT", "PAUSE", PauseMs.ToString(CultureInfo.InvariantCulture), "ALL");
        await scene.Callers.FailAsync();

        await RecoversAsync(scene, EnqueueFailed);
    }

    [Fact]
    public async Task A_server_that_forgets_its_scripts_is_given_them_again_and_nobody_notices()
    {
        await using var scene = await BeginAsync();
        for (var time = 0; time < Form.Of(20, 200); time++)
        {
            await ExecuteAsync("SCRIPT", "FLUSH");
            await scene.Callers.FlowsAsync(Random.Next(1, 20));
        }

        await RecoversAsync(scene);
    }

    private async Task<FlowScene> BeginAsync(string? notOnGarnet = null)
    {
        await base.BeginAsync(Fsync.EverySec);
        Assert.SkipWhen(Server.IsGarnet && notOnGarnet is not null, "Garnet: " + notOnGarnet);
        return await FlowScene.BeginAsync(this, 1, static settings => settings with { LeaseMs = 10_000, HeartbeatMs = 1_000 });
    }

    private Task ExecuteAsync(string command, params object[] arguments) => Server.Connection.GetDatabase().ExecuteAsync(command, arguments);

    /// <summary>The end: jobs flow again by themselves, and nothing was said but what is expected.</summary>
    private async Task RecoversAsync(FlowScene scene, params string[] errors)
    {
        await scene.Callers.FlowsAsync(Round);
        var ids = await scene.Callers.StopAsync();
        scene.Callers.Errors.Keys.Should().BeEquivalentTo(errors, "this and nothing else was said");
        scene.Callers.AddTo(Figures);
        var account = await AccountAsync(ids);

        account.ExtraStarts.Should().BeEmpty("no job runs twice");
        account.Fired.Should().BeEmpty("no handler was stopped");
    }
}
