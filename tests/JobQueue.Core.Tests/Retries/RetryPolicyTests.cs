using System.Text;
using System.Text.Json;
using JobQueue.Diagnostics;
using JobQueue.Handlers;
using JobQueue.Retries;

namespace JobQueue.Core.Tests.Retries;

public sealed class RetryPolicyTests
{
    private static readonly Exception Error = new InvalidDataException("no");

    private readonly RetryPolicy _policy = new(new JobQueueOptions
    {
        MaxRetries = 3,
        Timeout = TimeSpan.FromMinutes(30),
        Backoff = new() { BaseDelay = TimeSpan.FromSeconds(2), UseJitter = false },
    });

    [Fact]
    public void The_jobs_own_setting_goes_before_the_handlers_and_that_before_the_hosts()
    {
        var plain = Handler();
        var set = Handler(static o => (o.MaxRetries, o.Timeout) = (5, TimeSpan.FromMinutes(5)));

        (_policy.MaxRetriesOf(Job(), plain), _policy.TimeoutOf(Job(), plain)).Should().Be((3, TimeSpan.FromMinutes(30)));
        (_policy.MaxRetriesOf(Job(), set), _policy.TimeoutOf(Job(), set)).Should().Be((5, TimeSpan.FromMinutes(5)));
        (_policy.MaxRetriesOf(Job(maxRetries: 0, timeoutMs: 7), set), _policy.TimeoutOf(Job(maxRetries: 0, timeoutMs: 7), set)).Should().Be((0, TimeSpan.FromMilliseconds(7)));
    }

    [Fact]
    public void A_job_is_tried_again_as_often_as_it_may_be_with_growing_delays()
    {
        TimeSpan?[] delays = [.. Enumerable.Range(0, 5).Select(retries => _policy.NextDelay(Job(retryCount: retries), Handler(), Error))];

        delays.Should().Equal(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(8), null, null);
    }

    [Fact]
    public void A_job_without_retries_is_not_tried_again() => _policy.NextDelay(Job(maxRetries: 0), Handler(), Error).Should().BeNull();

    [Fact]
    public void The_handlers_backoff_goes_before_the_hosts()
    {
        var handler = Handler(static o => o.Backoff = new() { BaseDelay = TimeSpan.FromMinutes(1), UseJitter = false });

        _policy.NextDelay(Job(), handler, Error).Should().Be(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void Exceptions_that_are_not_to_be_retried_count_with_what_is_derived_from_them()
    {
        var handler = Handler(static o => o.DoNotRetry.Add(typeof(IOException)));

        _policy.NextDelay(Job(), handler, new IOException("itself")).Should().BeNull();
        _policy.NextDelay(Job(), handler, new FileNotFoundException("derived")).Should().BeNull();
        _policy.NextDelay(Job(), handler, new InvalidOperationException("other", new IOException("inside"))).Should().NotBeNull("what it carries does not count");
    }

    [Fact]
    public void Arguments_that_can_not_be_read_are_never_retried()
        => _policy.NextDelay(Job(), Handler(), Errors.ArgsUnreadable("work", typeof(int), new JsonException("no"))).Should().BeNull();

    [Fact]
    public void A_delay_chosen_by_the_exception_stands_in_place_of_the_backoff_and_uses_a_retry()
    {
        var chosen = new RetryAfterException(TimeSpan.FromDays(7), "later");

        _policy.NextDelay(Job(), Handler(), chosen).Should().Be(TimeSpan.FromDays(7), "the backoff's cap does not bound it");
        _policy.NextDelay(Job(), Handler(), new RetryAfterException(TimeSpan.Zero, "now")).Should().Be(TimeSpan.Zero);
        _policy.NextDelay(Job(retryCount: 3), Handler(), chosen).Should().BeNull();
        _policy.NextDelay(Job(), Handler(static o => o.DoNotRetry.Add(typeof(RetryAfterException))), chosen).Should().BeNull();
    }

    private static HandlerRegistration Handler(Action<JobHandlerOptions>? configure = null)
    {
        var options = new JobHandlerOptions();
        configure?.Invoke(options);
        return HandlerRegistration.Create("work", options, static _ => Task.CompletedTask);
    }

    private static JobRecord Job(int? maxRetries = null, long? timeoutMs = null, int retryCount = 0) => new()
    {
        Id = JobId.FromKey("job"),
        Name = "work",
        Queue = "default",
        Priority = JobPriority.Normal,
        Args = Encoding.UTF8.GetBytes("{}"),
        CreatedAt = 0,
        MaxRetries = maxRetries,
        TimeoutMs = timeoutMs,
        RetryCount = retryCount,
    };
}
