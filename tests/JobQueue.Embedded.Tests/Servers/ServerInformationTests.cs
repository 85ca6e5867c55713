using JobQueue.Embedded.Servers;

namespace JobQueue.Embedded.Tests.Servers;

public sealed class ServerInformationTests
{
    [Theory]
    [InlineData("# Server\r\nredis_version:7.0.15\r\n", EmbeddedServerKind.Redis, "7.0.15")]
    [InlineData("# Server\r\nredis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:8.1.1\r\n", EmbeddedServerKind.Valkey, "8.1.1")]
    [InlineData("# Server\r\ngarnet_version:2.2.8\r\nredis_version:7.4.3\r\n", EmbeddedServerKind.Garnet, "2.2.8")]
    [InlineData("", EmbeddedServerKind.Valkey, "unknown")]
    public void The_server_is_what_it_says(string information, EmbeddedServerKind kind, string version) =>
        ServerInformation.Read(information, EmbeddedServerKind.Valkey).Should().Be((kind, version));
}
