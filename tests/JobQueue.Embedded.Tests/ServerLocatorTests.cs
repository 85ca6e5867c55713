namespace JobQueue.Embedded.Tests;

public sealed class ServerLocatorTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("locator-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Redis_on_the_path_goes_before_valkey_and_garnet()
    {
        Touch("bin", Program("redis-server"));
        Touch("bin", Program("valkey-server"));
        TouchGarnet("2.2.8");

        Locate().Find(asked: null).Kind.Should().Be(EmbeddedServerKind.Redis);
    }

    [Fact]
    public void Valkey_goes_before_garnet()
    {
        Touch("bin", Program("valkey-server"));
        TouchGarnet("2.2.8");

        Locate().Find(asked: null).Kind.Should().Be(EmbeddedServerKind.Valkey);
    }

    [Fact]
    public void The_newest_garnet_is_taken_when_nothing_is_on_the_path()
    {
        TouchGarnet("2.2.8");
        TouchGarnet("2.10.0");

        var program = Locate().Find(asked: null);

        program.Kind.Should().Be(EmbeddedServerKind.Garnet);
        (program.FirstArgument ?? program.FileName).Should().Contain("2.10.0");
    }

    [Fact]
    public void The_environment_forces_a_kind()
    {
        Touch("bin", Program("redis-server"));
        TouchGarnet("2.2.8");

        Locate(forced: "garnet").Find(asked: null).Kind.Should().Be(EmbeddedServerKind.Garnet);
    }

    [Fact]
    public void A_forced_kind_that_is_no_server_is_refused()
    {
        var find = () => Locate(forced: "mysql").Find(asked: null);

        find.Should().Throw<EmbeddedRedisException>().WithMessage(
            "JQ5002: The environment variable JOBQUEUE_EMBEDDED is 'mysql', which is no known server. Set it to redis, valkey or garnet, or unset it.");
    }

    [Fact]
    public void A_missing_server_is_one_error_that_says_what_was_looked_for_and_how_to_get_one()
    {
        var find = () => Locate().Find(asked: null);

        find.Should().Throw<EmbeddedRedisException>().WithMessage(
            "JQ5001: No Redis-protocol server was found. Looked for: redis-server on PATH; valkey-server on PATH; Garnet (package garnet-server) in "
            + Path.Combine(_folder.FullName, "packages", "garnet-server")
            + ". Install one (Debian and Ubuntu: apt-get install redis-server; macOS: brew install redis), or add Garnet to the project that is restored on this machine: "
            + "<ItemGroup><PackageDownload Include=\"garnet-server\" Version=\"[2.2.8]\" /></ItemGroup>");
    }

    private ServerLocator Locate(string? forced = null) => new(name => name switch
    {
        "PATH" => Path.Combine(_folder.FullName, "bin"),
        "NUGET_PACKAGES" => Path.Combine(_folder.FullName, "packages"),
        ServerLocator.Variable => forced,
        _ => null,
    });

    private static string Program(string name) => OperatingSystem.IsWindows() ? name + ".exe" : name;

    private void TouchGarnet(string version)
    {
        var tools = Path.Combine("packages", "garnet-server", version, "tools", "net10.0", "any");
        Touch(Path.Combine(tools, "linux-x64"), "GarnetServer");
        Touch(Path.Combine(tools, "portable"), "GarnetServer.dll");
    }

    private void Touch(string folder, string file)
    {
        var path = Directory.CreateDirectory(Path.Combine(_folder.FullName, folder)).FullName;
        File.WriteAllText(Path.Combine(path, file), "");
    }
}
