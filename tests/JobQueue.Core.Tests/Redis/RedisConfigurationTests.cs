using JobQueue.Redis;

namespace JobQueue.Core.Tests.Redis;

public sealed class RedisConfigurationTests
{
    [Theory]
    [InlineData("localhost:6379", 5)]
    [InlineData("localhost:6379,CONFIGCHECKSECONDS=60", 60)]
    [InlineData("localhost:6379,configCheckSeconds=3600", 3_600)]
    public void Roles_of_servers_are_looked_at_every_five_seconds_unless_the_host_says_otherwise(string connectionString, int seconds)
        => RedisConfiguration.Of(new JobQueueOptions { ConnectionString = connectionString }).ConfigCheckSeconds.Should().Be(seconds);
}
