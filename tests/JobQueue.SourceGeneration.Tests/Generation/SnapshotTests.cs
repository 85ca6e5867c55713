using JobQueue.Core.Tests.Infrastructure;
using JobQueue.SourceGeneration.Tests.Infrastructure;

namespace JobQueue.SourceGeneration.Tests.Generation;

/// <summary>
/// What is generated for each shape of handler; every snapshot also compiles without a warning. After a wanted change run
/// these with JOBQUEUE_UPDATE_GOLDEN=1 and read the difference.
/// </summary>
public sealed class SnapshotTests
{
    [Fact]
    public void An_args_type_a_context_and_a_token() => Verify("args-type", """
        namespace App;

        public sealed record SyncPortfolio(string UserId);

        public sealed record SyncResult(int Positions);

        public sealed class PortfolioJobs
        {
            [JobHandler("sync_portfolio", MaxRetries = 5, TimeoutSeconds = 60, Queue = "portfolio")]
            public async Task<SyncResult> SyncAsync(SyncPortfolio args, JobContext job, CancellationToken ct)
            {
                await Task.Yield();
                return new SyncResult(args.UserId.Length);
            }
        }
        """);

    [Fact]
    public void Plain_parameters_become_a_record() => Verify("plain-parameters", """
        namespace App.Mail;

        public enum Format { Text, Html }

        public static class MailJobs
        {
            [JobHandler("send-mail.v2")]
            public static Task SendAsync(
                CancellationToken ct, string to, string? @class, Guid messageId, IReadOnlyList<string?>? copies, JobContext job,
                Format format = Format.Html, int count = -3, decimal? limit = 1.5m, DateTimeOffset? at = null, string sender = "a\"b", Guid key = default, char sign = 'x', long big = 5)
                => Task.CompletedTask;
        }
        """);

    [Fact]
    public void Every_return_shape() => Verify("returns", """
        public sealed class Jobs
        {
            [JobHandler("a_void")] public void Void() { }
            [JobHandler("b_value")] public int Value() => 1;
            [JobHandler("c_task")] public Task TaskAsync() => Task.CompletedTask;
            [JobHandler("d_value_task")] public ValueTask ValueTaskAsync() => default;
            [JobHandler("e_task_of_value")] public Task<string?> TaskOfValueAsync() => Task.FromResult<string?>(null);
            [JobHandler("f_value_task_of_value")] public ValueTask<DayOfWeek?> ValueTaskOfValueAsync() => default;
        }
        """);

    [Fact]
    public void Services_and_services_with_keys() => Verify("services", """
        using Microsoft.Extensions.DependencyInjection;

        namespace App;

        public interface IClock;

        public enum Region { North, South }

        internal static class ReportJobs
        {
            [JobHandler("report")]
            internal static Task RunAsync(
                [FromServices] IClock clock, [FromServices] IClock? maybe, int day, [FromKeyedServices("eu")] IClock europe, [FromKeyedServices(Region.South)] IClock? south)
                => Task.CompletedTask;
        }
        """);

    [Fact]
    public void Every_value_of_the_attribute() => Verify("attribute", """
        using Polly;

        namespace App;

        public static class Jobs
        {
            [JobHandler(
                "full", Queue = "own", Priority = JobPriority.High, MaxRetries = 0, TimeoutSeconds = 0.25, BackoffType = DelayBackoffType.Linear, BackoffBaseSeconds = 0.5,
                BackoffMaxSeconds = 30, BackoffJitter = false, DoNotRetry = new[] { typeof(ArgumentException), typeof(KeyNotFoundException) }, ConcurrencyLimit = 3,
                Aliases = new[] { "old", "older" }, ResiliencePipeline = "partner")]
            public static Task RunAsync() => Task.CompletedTask;

            [JobHandler("unset", Queue = null, DoNotRetry = null, Aliases = null, ResiliencePipeline = null)]
            public static Task UnsetAsync() => Task.CompletedTask;
        }
        """);

    [Fact]
    public void Recurring_jobs() => Verify("recurring", """
        namespace App;

        public static class Jobs
        {
            [JobHandler("report")]
            [Cron("0 8 * * MON-FRI", TimeZone = "Europe/Berlin")]
            [DailyAt("18:30", Name = "evening"), DailyAt("06:05:09", Name = "morning", TimeZone = "America/New_York")]
            [Every("1.00:00:00.5", Name = "pace", StartsAt = "2026-01-01T08:00:00+01:00", EndsAt = "2027-01-01T00:00Z")]
            [Cron("@hourly", Name = "all", Misfire = MisfirePolicy.CatchUp, MaxCatchUp = 3, Overlap = OverlapPolicy.SkipIfRunning, Enabled = false)]
            public static Task ReportAsync(int days = 7) => Task.CompletedTask;

            [JobHandler("defaults")]
            [Every("00:05:00", Name = "defaults", Misfire = MisfirePolicy.FireOnce, MaxCatchUp = 10, Overlap = OverlapPolicy.Allow, StartsAt = null, EndsAt = null, Enabled = true)]
            public static Task DefaultsAsync() => Task.CompletedTask;
        }
        """);

    [Fact]
    public void Nested_classes_and_several_namespaces() => Verify("nesting", """
        namespace App.B
        {
            public static class Outer
            {
                public sealed class Inner
                {
                    [JobHandler("two")] public Task TwoAsync(int number) => Task.CompletedTask;
                    [JobHandler("three")] public Task ThreeAsync(int number) => Task.CompletedTask;
                }
            }
        }

        namespace App.@event
        {
            public sealed class Jobs
            {
                [JobHandler("one")] public Task OneAsync(string jobs, string configure, string cancellationToken, string args) => Task.CompletedTask;
            }
        }

        public sealed class Global
        {
            [JobHandler("2fa_reset")] public Task ResetAsync(string user, byte[] token) => Task.CompletedTask;
        }
        """);

    [Fact]
    public void Public_access() => Verify("public", """
        namespace App;

        public sealed record Open(int Number);

        internal sealed record Hidden(int Number);

        public sealed class Jobs
        {
            [JobHandler("open")] public Task OpenAsync(Open args) => Task.CompletedTask;
            [JobHandler("hidden")] internal Task HiddenAsync(Hidden args) => Task.CompletedTask;
            [JobHandler("plain")] public Task PlainAsync(int number) => Task.CompletedTask;
            [JobHandler("hidden_plain")] internal Task HiddenPlainAsync(List<Hidden> all) => Task.CompletedTask;
        }
        """, access: "public");

    private static void Verify(string name, string source, string? access = null)
    {
        var run = GeneratorRun.On(Compilations.Of(source), access);

        run.Complaints.Should().BeEmpty();
        Golden.Verify(run.Text, name + ".golden.txt");
    }
}
