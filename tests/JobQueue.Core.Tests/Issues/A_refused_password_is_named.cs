using JobQueue.Core.Tests.Infrastructure;
using StackExchange.Redis;

namespace JobQueue.Core.Tests.Issues;

/// <summary>
/// A wrong password used to be reported as a server that can't be connected to: the client says what it was in the text of its
/// exception only.
/// </summary>
public sealed class A_refused_password_is_named(TestServer server)
{
    [Fact]
    public async Task The_error_says_that_the_server_refused_the_password()
    {
        var right = ConfigurationOptions.Parse(server.ConnectionString).Password;
        Assert.SkipWhen(string.IsNullOrEmpty(right), "The server under test has no password.");
        using var host = TestHost.Build(server.ConnectionString.Replace(right, "wrong", StringComparison.Ordinal), static _ => { });

        var start = () => host.StartAsync(TestContext.Current.CancellationToken);

        var error = (await start.Should().ThrowAsync<JobQueueUnavailableException>()).Which;
        error.ErrorId.Should().Be("JQ2001");
        error.Message.Should().Contain("(AuthenticationFailure)");
    }
}
