using JobQueue.Redis;
using Microsoft.Extensions.Logging.Abstractions;

namespace JobQueue.Core.Tests.Redis;

public sealed class StartUpCheckTests
{
    [Theory]
    [InlineData("6.2.14")]
    [InlineData("5.0")]
    public void A_server_before_version_7_is_refused(string version)
    {
        var check = () => StartUpCheck.CheckVersion(new Version(version));

        check.Should().Throw<JobQueueException>().Which.ErrorId.Should().Be("JQ2006");
    }

    [Theory]
    [InlineData("7.0")]
    [InlineData("8.2.1")]
    public void A_server_from_version_7_is_taken(string version)
    {
        var check = () => StartUpCheck.CheckVersion(new Version(version));

        check.Should().NotThrow();
    }

    [Fact]
    public void A_policy_that_may_evict_jobs_is_refused_and_one_that_may_not_is_taken()
    {
        var evicts = () => StartUpCheck.CheckPolicy("allkeys-lru", NullLogger.Instance);
        var safe = () => StartUpCheck.CheckPolicy("noeviction", NullLogger.Instance);
        var unknown = () => StartUpCheck.CheckPolicy("", NullLogger.Instance);

        evicts.Should().Throw<JobQueueException>().Which.ErrorId.Should().Be("JQ2009");
        safe.Should().NotThrow();
        unknown.Should().NotThrow();
    }

    [Theory]
    [InlineData("2")]
    [InlineData("one")]
    public void A_schema_that_this_process_does_not_know_is_refused(string schema)
    {
        var check = () => StartUpCheck.CheckSchema(schema);

        check.Should().Throw<JobQueueException>().Which.ErrorId.Should().Be("JQ2008");
    }
}
