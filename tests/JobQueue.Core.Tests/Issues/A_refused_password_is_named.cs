using JobQueue.Core.Tests.Infrastructure;
using StackExchange.Redis;

namespace JobQueue.Core.Tests.Issues;

/// <summary>
/// A wrong password used to be reported as a server that can't be connected to: the client says what it was in the text of its
/// exception only, and of several tries in that of the last, which now and then fails of something else.
/// </summary>
public sealed class A_refused_password_is_named(TestServer server)
{
    /// <summary>One in about thirteen read otherwise.</summary>
    private const int Starts = 10;

    [Fact]
    public async Task The_error_says_that_the_server_refused_the_password()
    {
        var right = ConfigurationOptions.Parse(server.ConnectionString).Password;
        Assert.SkipWhen(string.IsNullOrEmpty(right), "The server under test has no password.");
        for (var start = 0; start < Starts; start++)
        {
            await RefusesAsync(server.ConnectionString.Replace(right, "wrong", StringComparison.Ordinal));
        }
    }

    private static async Task RefusesAsync(string connectionString)
    {
        using var host = TestHost.Build(connectionString, static _ => { });

        var start = () => host.StartAsync(TestContext.Current.CancellationToken);

        var error = (await start.Should().ThrowAsync<JobQueueUnavailableException>()).Which;
        error.ErrorId.Should().Be("JQ2001");
        error.Message.Should().Contain("(AuthenticationFailure)");
    }
}
