using System.Text.Json.Nodes;
using JobQueue.Embedded.Servers;

namespace JobQueue.Embedded.Tests.Servers;

public sealed class ConfigurationTests
{
    [Fact]
    public void Redis_in_memory_saves_nothing_and_evicts_nothing() =>
        RedisConfiguration.Write(Settings(dataDirectory: null)).Split('\n').Should()
            .Contain("bind 127.0.0.1").And.Contain("port 1234").And.Contain("requirepass secret")
            .And.Contain("save \"\"").And.Contain("appendonly no").And.Contain("maxmemory-policy noeviction").And.Contain("dir \"/private\"");

    [Fact]
    public void Redis_with_a_directory_appends_every_second() =>
        RedisConfiguration.Write(Settings("/a \"b\" \\c")).Split('\n').Should()
            .Contain("appendonly yes").And.Contain("appendfsync everysec").And.Contain("save \"\"").And.Contain("""dir "/a \"b\" \\c" """.TrimEnd());

    [Fact]
    public void Garnet_in_memory_keeps_no_log()
    {
        var configuration = JsonNode.Parse(GarnetConfiguration.Write(Settings(dataDirectory: null)))!.AsObject();

        configuration["Password"]!.GetValue<string>().Should().Be("secret");
        configuration.ContainsKey("EnableAOF").Should().BeFalse();
        configuration.ContainsKey("CheckpointDir").Should().BeFalse();
    }

    [Fact]
    public void Garnet_with_a_directory_logs_and_recovers()
    {
        var configuration = JsonNode.Parse(GarnetConfiguration.Write(Settings("/data")))!.AsObject();

        configuration["EnableAOF"]!.GetValue<bool>().Should().BeTrue();
        configuration["Recover"]!.GetValue<bool>().Should().BeTrue();
        configuration["CheckpointDir"]!.GetValue<string>().Should().Be("/data");
    }

    [Fact]
    public void Garnets_arguments_hold_no_password() =>
        GarnetConfiguration.Arguments(Settings("/data"), "/private/server.conf").Should().Equal(
            "--config-import-path", "/private/server.conf", "--lua", "--lua-transaction-mode", "--bind", "127.0.0.1", "--port", "1234");

    [Fact]
    public void Printing_the_settings_shows_no_password() => Settings(null).ToString().Should().Be("127.0.0.1:1234");

    [Fact]
    public void A_password_needs_no_escaping_and_is_never_the_same()
    {
        var passwords = Enumerable.Range(0, 10).Select(_ => ServerPassword.Create()).ToList();

        passwords.Should().OnlyHaveUniqueItems().And.AllSatisfy(password => password.Should().MatchRegex("^[0-9a-f]{64}$"));
    }

    private static ServerSettings Settings(string? dataDirectory) => new(1234, "secret", dataDirectory, "/private");
}
