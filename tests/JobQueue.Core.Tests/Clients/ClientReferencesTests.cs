using JobQueue.Embedded;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace JobQueue.Core.Tests.Clients;

/// <summary>A host may bring a newer Redis client than the one that the library was compiled against.</summary>
public sealed class ClientReferencesTests
{
    private const string Used =
        """
        public interface ILink { void Open(); void Close(); }
        public class Link { public int Port; public virtual string Name(int at) => ""; public static Link Make(Kind kind) => new(); }
        public class Links<T> { public void Add(T item) { } }
        public sealed class Special : Link { }
        public enum Kind { A, B }
        """;

    private const string User =
        """
        public static class User
        {
            public static void Use(ILink link)
            {
                link.Open();
                link.Close();
                var made = Link.Make(Kind.A);
                made.Port = made.Name(1).Length;
                new Special().Name(2);
                new Links<Link>().Add(made);
            }
        }
        """;

    /// <summary>A newer version of a library, and what no longer fits.</summary>
    public static TheoryData<string, string, string?> Changes => new()
    {
        { "void Open();", "void Open(); void Reopen();", null },
        { "Name(int at) => \"\";", "Name(int at) => \"\"; public string Name(int at, int more = 0) => \"\";", null },
        { "public class Link {", "public class Base { public int Port; } public class Link : Base {", null },
        { "void Close();", "", "ILink.Close is not there as Void ()" },
        { "interface ILink { void Open(); void Close(); }", "interface ILink : IEnd { void Open(); } public interface IEnd { void Close(); }", "ILink.Close is not there as Void ()" },
        { "Name(int at)", "Name(int at, int more = 0)", "Link.Name is not there as String (Int32)" },
        { "Name(int at)", "Name(in int at)", "Link.Name is not there as String (Int32)" },
        { "public virtual string Name", "internal string Name", "Link.Name is not there as String (Int32)" },
        { "public int Port", "public long Port", "Link.Port is not there as Int32" },
        { "public static Link Make(Kind kind) => new();", "public Link Make(Kind kind) => new();", "Link.Make is not there as static Link (struct Kind)" },
        { "enum Kind { A, B }", "class Kind { }", "Link.Make is not there as static Link (struct Kind)" },
        { "Add(T item)", "Add(Link item)", "Links`1.Add is not there as Void (!0)" },
        { "public sealed class Special : Link { }", "", "Special is not there" },
    };

    /// <summary>Each assembly of the library that uses the client, with each newer version.</summary>
    public static TheoryData<string, Type> Uses
    {
        get
        {
            var uses = new TheoryData<string, Type>();
            foreach (var version in BuildSetting.Read("NewerRedisClients").Split(','))
            {
                uses.Add(version, typeof(IJobQueue));
                uses.Add(version, typeof(EmbeddedRedis));
            }

            return uses;
        }
    }

    [Theory]
    [MemberData(nameof(Uses))]
    public void Whatever_the_library_calls_is_there_in_newer_versions_of_the_client(string version, Type inAssembly)
    {
        using var assembly = File.OpenRead(inAssembly.Assembly.Location);
        var references = ClientReferences.Read(assembly, of: "StackExchange.Redis");
        using var client = File.OpenRead(Path.Combine(BuildSetting.Read("Packages"), "stackexchange.redis", version, "lib", "net10.0", "StackExchange.Redis.dll"));

        references.Count.Should().BePositive();
        references.FindMissing(client).Should().BeEmpty();
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public void A_change_that_would_break_a_compiled_caller_is_found(string before, string after, string? missing)
    {
        Used.Should().Contain(before);
        var used = Compile("Used", Used);
        using var user = new MemoryStream(Compile("User", User, MetadataReference.CreateFromImage(used)));
        using var changed = new MemoryStream(Compile("Used", Used.Replace(before, after, StringComparison.Ordinal)));

        var found = ClientReferences.Read(user, of: "Used").FindMissing(changed);

        if (missing is null)
        {
            found.Should().BeEmpty();
        }
        else
        {
            found.Should().Contain(missing);
        }
    }

    [Fact]
    public void A_type_that_has_moved_to_another_assembly_is_found()
    {
        var used = Compile("Used", Used);
        using var user = new MemoryStream(Compile("User", User, MetadataReference.CreateFromImage(used)));
        var elsewhere = MetadataReference.CreateFromImage(Compile("Elsewhere", "public sealed class Special { }"));
        using var moved = new MemoryStream(Compile("Used", "[assembly: System.Runtime.CompilerServices.TypeForwardedTo(typeof(Special))]", elsewhere));

        ClientReferences.Read(user, of: "Used").FindMissing(moved)
            .Should().Contain(["Special is forwarded to an assembly that was not looked into", "Link is not there"]);
    }

    private static byte[] Compile(string name, string source, params MetadataReference[] references)
    {
        var compilation = CSharpCompilation.Create(
            name,
            [CSharpSyntaxTree.ParseText(source, cancellationToken: TestContext.Current.CancellationToken)],
            [MetadataReference.CreateFromFile(typeof(object).Assembly.Location), .. references],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        using var image = new MemoryStream();
        compilation.Emit(image, cancellationToken: TestContext.Current.CancellationToken).Diagnostics.Should().NotContain(static found => found.Severity == DiagnosticSeverity.Error);
        return image.ToArray();
    }
}
