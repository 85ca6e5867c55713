using System.Text;
using JobQueue.Core.Tests.Infrastructure;
using JobQueue.Scheduling;
using JobQueue.SourceGeneration.Tests.Handlers;
using Microsoft.Extensions.DependencyInjection;

namespace JobQueue.SourceGeneration.Tests.EndToEnd;

/// <summary>What the generated registration declares, and that jobs without arguments run.</summary>
public sealed class RecurringTests(TestServer server)
{
    [Fact]
    public void Attributes_become_declarations()
    {
        var declared = new ServiceCollection().AddJobQueue().AddJobHandlers().Recurring.All;

        declared.Select(static job => (job.Name, job.Handler, Schedule: job.Schedule.ToString())).Should().BeEquivalentTo(
        [
            ("recur_plain", "recur_plain", "cron 0 8 29 2 * Europe/Berlin"),
            ("recur_daily", "recur_plain", "cron 9 5 6 * * * UTC"),
            ("recur_own", "recur_own", "every 366.00:00:00"),
        ]);
        declared.Should().OnlyContain(static job => job.Args == null);
        OptionsOf(declared, "recur_plain").Should().BeEquivalentTo(new RecurringJobOptions { Enabled = false });
        OptionsOf(declared, "recur_daily").Should().BeEquivalentTo(
            new RecurringJobOptions { Misfire = MisfirePolicy.CatchUp, MaxCatchUp = 3, Overlap = OverlapPolicy.SkipIfRunning, Enabled = false });
        OptionsOf(declared, "recur_own").Should().BeEquivalentTo(new RecurringJobOptions
        {
            Misfire = MisfirePolicy.Skip,
            StartsAt = new DateTimeOffset(2100, 1, 1, 7, 0, 0, TimeSpan.Zero),
            EndsAt = new DateTimeOffset(2200, 1, 1, 0, 0, 0, 250, TimeSpan.Zero),
        });
    }

    [Theory]
    [InlineData("""{"cron":"@daily","zone":"Mars/Base"}""", "JQ1074*Mars/Base*")]
    [InlineData("""{"cron":"@daily"},{"every_ms":1000}""", "JQ1083*'report'*")]
    [InlineData("""{"every_ms":1000,"ends_at_ms":0}""", "JQ1079*'report'*no occurrence*")]
    public void What_only_the_start_can_see_is_refused_there(string recurring, string message)
        => FluentActions.Invoking(() => Add(recurring)).Should().Throw<InvalidJobException>().WithMessage(message);

    [Fact]
    public void A_member_of_a_newer_generator_is_not_ignored()
        => FluentActions.Invoking(() => Add("""{"every_ms":1000,"jitter_ms":5}""")).Should().Throw<NotSupportedException>().WithMessage("*'jitter_ms'*");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_handler_runs_without_arguments_when_all_have_defaults(bool useContext)
    {
        await using var host = await HandlerHost.StartAsync(server, useContext ? static options => options.SerializerOptions = new(options.SerializerOptions) { TypeInfoResolver = ShapesContext.Default } : null);

        var plain = await host.Jobs.EnqueueAsync<object?>("recur_plain", null);
        var own = await host.Jobs.EnqueueAsync<object?>("recur_own", null);

        (await host.ArgsAsync(plain)).Should().Be("{}");
        (await host.ResultAsync<string>(plain)).Should().Be("3 all");
        (await host.ResultAsync<string>(own)).Should().Be("7 all");
    }

    [Fact]
    public async Task A_started_host_has_registered_them_and_can_run_them()
    {
        await using var host = await HandlerHost.StartAsync(server);
        var scheduler = host.Services.GetRequiredService<IJobScheduler>();

        (await scheduler.ListAsync()).Select(static job => (job.Name, job.Handler)).Should().BeEquivalentTo(
            [("recur_plain", "recur_plain"), ("recur_daily", "recur_plain"), ("recur_own", "recur_own")]);
        (await host.ResultAsync<string>((await scheduler.RunNowAsync("recur_daily"))!.Value)).Should().Be("3 all");
        (await host.ResultAsync<string>((await scheduler.RunNowAsync("recur_own"))!.Value)).Should().Be("7 all");
    }

    private static void Add(string recurring) => new ServiceCollection().AddJobQueue().AddGeneratedJobHandlers(
        Encoding.UTF8.GetBytes($$"""[{"name":"report","recurring":[{{recurring}}],"max_retries":1}]"""), static (_, _) => Task.CompletedTask, doNotRetry: null, static _ => null);

    private static RecurringJobOptions OptionsOf(IEnumerable<RecurringDeclaration> declared, string name) => declared.Single(job => job.Name == name).Options;
}
