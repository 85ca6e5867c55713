using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace JobQueue.SourceGeneration.Tests.Infrastructure;

/// <summary>Makes compilations of a host that uses the library.</summary>
internal static class Compilations
{
    private const string Usings = """
        global using System;
        global using System.Collections.Generic;
        global using System.Linq;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using JobQueue;
        """;

    private static readonly MetadataReference[] References = [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
        .Split(Path.PathSeparator)
        .Where(static path => !Path.GetFileName(path).StartsWith("JobQueue.SourceGeneration", StringComparison.Ordinal))
        .Select(static path => MetadataReference.CreateFromFile(path))];

    /// <summary>What a project with documentation and warnings as errors asks of all its code.</summary>
    public static CSharpParseOptions Strict { get; } = new(LanguageVersion.CSharp14, DocumentationMode.Diagnose);

    public static CSharpCompilation Of(params string[] sources) => CSharpCompilation.Create(
        "Billing.App",
        [Parse(Usings, "Usings.cs"), .. sources.Select(static (source, at) => Parse(source, $"Source{at}.cs"))],
        References,
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, allowUnsafe: true));

    public static SyntaxTree Parse(string source, string path) => CSharpSyntaxTree.ParseText(source, Strict, path);
}
