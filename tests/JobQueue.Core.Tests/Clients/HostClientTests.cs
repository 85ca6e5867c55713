using System.Reflection;
using StackExchange.Redis;

namespace JobQueue.Core.Tests.Clients;

public sealed class HostClientTests
{
    /// <summary>Or a run "with a newer client" would prove nothing.</summary>
    [Fact]
    public void The_tests_run_with_the_client_that_the_build_names()
        => typeof(ConnectionMultiplexer).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion
            .Should().StartWith(BuildSetting.Read("RedisClient"));
}
