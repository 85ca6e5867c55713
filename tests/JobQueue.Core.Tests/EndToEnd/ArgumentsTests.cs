using System.Text.Json;
using System.Text.Json.Serialization;
using JobQueue.Core.Tests.Infrastructure;

namespace JobQueue.Core.Tests.EndToEnd;

/// <summary>Handlers whose names and arguments change while jobs of the old kind wait, and hosts that read JSON in their own way.</summary>
public sealed partial class ArgumentsTests(TestServer server) : StoreTest(server)
{
    [Fact]
    public async Task A_job_under_a_former_name_runs_and_keeps_its_name()
    {
        await using var host = await StartAsync(static jobs => jobs.AddJobHandler<Numbered, string>(
            "sync", static (args, job, _) => Task.FromResult($"{job.Name} {args.Number}"), static o => o.Aliases.Add("sync_old")));

        var id = await host.Jobs.EnqueueAsync("sync_old", new Numbered(3));

        (await host.Jobs.WaitForResultAsync<string>(id, TimeSpan.FromSeconds(30))).Should().Be("sync_old 3");
        (await host.Monitor.GetHandlerStatisticsAsync(TimeSpan.FromHours(1))).Select(static handler => handler.Handler).Should().BeEquivalentTo("sync", "sync_old");
    }

    [Fact]
    public void A_former_name_that_is_anothers_is_refused()
    {
        var registrations = new JobQueue.Handlers.HandlerRegistrations();
        registrations.All.Add(Registration("a"));
        registrations.All.Add(Registration("b", "a"));

        var build = () => new JobQueue.Handlers.HandlerRegistry(registrations);

        build.Should().Throw<JobQueueException>().Which.Message.Should().Contain("'a' is registered twice");
        var bad = () => Registration("c", "no name");
        bad.Should().Throw<InvalidJobException>().Which.Message.Should().Contain("Alias 'no name' is not a valid name");
    }

    [Fact]
    public async Task Unknown_members_are_ignored_and_missing_optional_ones_take_their_default()
    {
        await using var host = await StartAsync(static jobs => jobs.AddJobHandler<Transfer, string>(
            "transfer", static (args, _, _) => Task.FromResult($"{args.FromAccount}>{args.ToAccount}:{args.Currency}")));

        var id = await host.Jobs.EnqueueAsync("transfer", new { from_account = "a", to_account = "b", added_later = 1 });

        (await host.Jobs.WaitForResultAsync<string>(id, TimeSpan.FromSeconds(30))).Should().Be("a>b:EUR");
    }

    [Fact]
    public async Task A_missing_required_member_is_named_and_not_tried_again()
    {
        await using var host = await StartAsync(static jobs => jobs.AddJobHandler<Transfer>("transfer", static (_, _, _) => Task.CompletedTask));

        var id = await host.Jobs.EnqueueAsync("transfer", new { currency = "CHF" });

        await Eventually.HoldsAsync(async () => (await host.Jobs.GetAsync(id))!.State == JobState.Dead, "it is dead");
        var attempt = (await host.Jobs.GetAsync(id))!.Attempts.Should().ContainSingle().Which;
        attempt.ErrorMessage.Should().StartWith("JQ1040:").And.ContainAll("from_account", "to_account").And.NotContain("currency");
    }

    [Fact]
    public async Task Names_stay_as_declared_without_a_policy()
    {
        await using var host = await StartAsync(
            static jobs => jobs.AddJobHandler<Transfer, string>("transfer", static (args, job, _) => Task.FromResult(args.FromAccount)),
            static o => o.SerializerOptions.PropertyNamingPolicy = null);

        var id = await host.Jobs.EnqueueAsync("transfer", new Transfer("a", "b"));

        (await host.Jobs.WaitForResultAsync<string>(id, TimeSpan.FromSeconds(30))).Should().Be("a");
        (await host.Jobs.GetAsync(id))!.Args.ToArray().Should().Equal("""{"FromAccount":"a","ToAccount":"b","Currency":"EUR"}"""u8.ToArray());
    }

    [Fact]
    public async Task A_host_with_a_context_of_its_own_uses_no_reflection()
    {
        await using var host = await StartAsync(
            static jobs => jobs.AddJobHandler<Transfer, Transfer>("transfer", static (args, _, _) => Task.FromResult(args with { Currency = "CHF" })),
            static o => o.SerializerOptions.TypeInfoResolver = TransferContext.Default);

        var id = await host.Jobs.EnqueueAsync("transfer", new Transfer("a", "b"));
        var unknown = () => host.Jobs.EnqueueAsync("transfer", new Numbered(1));

        (await host.Jobs.WaitForResultAsync<Transfer>(id, TimeSpan.FromSeconds(30))).Should().Be(new Transfer("a", "b", "CHF"));
        (await unknown.Should().ThrowAsync<InvalidJobException>()).Which.ErrorId.Should().Be("JQ1003");
    }

    [Fact]
    public async Task Options_that_are_frozen_and_used_elsewhere_are_left_as_they_are()
    {
        var own = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        await using var host = await StartAsync(
            static jobs => jobs.AddJobHandler<Transfer, string>("transfer", static (args, _, _) => Task.FromResult(args.FromAccount)).AddJobArgsResolver(TransferContext.Default),
            o => o.SerializerOptions = JsonSerializerOptions.Web);

        var id = await host.Jobs.EnqueueAsync("transfer", new { fromAccount = "a", toAccount = "b" });

        (await host.Jobs.WaitForResultAsync<string>(id, TimeSpan.FromSeconds(30))).Should().Be("a");
        own.IsReadOnly.Should().BeFalse();
    }

    [Fact]
    public async Task Jobs_of_a_bulk_enqueue_can_be_written_as_a_base_type()
    {
        await using var host = await StartAsync(static jobs => jobs.AddJobHandler<Payment, string>("pay", static (args, _, _) => Task.FromResult(args.ToString())));

        var ids = await host.Jobs.EnqueueManyAsync([JobRequest.Create<Payment>("pay", new Card("4711")), JobRequest.Create<Payment>("pay", new Cash())]);

        (await host.Jobs.WaitForResultAsync<string>(ids[0], TimeSpan.FromSeconds(30))).Should().Be("Card { Number = 4711 }");
        (await host.Jobs.WaitForResultAsync<string>(ids[1], TimeSpan.FromSeconds(30))).Should().Be("Cash { }");
    }

    private static JobQueue.Handlers.HandlerRegistration Registration(string name, params string[] aliases)
    {
        var options = new JobHandlerOptions();
        foreach (var alias in aliases)
        {
            options.Aliases.Add(alias);
        }

        return JobQueue.Handlers.HandlerRegistration.Create(name, options, static _ => Task.CompletedTask);
    }

    private Task<TestHost> StartAsync(Action<JobQueueBuilder> addHandlers, Action<JobQueueOptions>? configure = null)
        => TestHost.StartAsync(Server, addHandlers, configure);

    [JsonDerivedType(typeof(Card), "card")]
    [JsonDerivedType(typeof(Cash), "cash")]
    private abstract record Payment;

    private sealed record Card(string Number) : Payment;

    private sealed record Cash : Payment;

    private sealed record Transfer(string FromAccount, string ToAccount, string Currency = "EUR");

    [JsonSerializable(typeof(Transfer))]
    private sealed partial class TransferContext : JsonSerializerContext;
}
