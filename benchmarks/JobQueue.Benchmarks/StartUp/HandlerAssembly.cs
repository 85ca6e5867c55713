using System.Globalization;
using System.Text;
using JobQueue.SourceGeneration;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace JobQueue.Benchmarks.StartUp;

/// <summary>Compiles an application's assembly with so many handlers, as a build with the generator does.</summary>
internal static class HandlerAssembly
{
    private const int HandlersPerClass = 10;

    public static void Write(string path, int handlers)
    {
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Select(static file => MetadataReference.CreateFromFile(file));
        var compilation = CSharpCompilation.Create(
            Path.GetFileNameWithoutExtension(path),
            [CSharpSyntaxTree.ParseText(Source(handlers))],
            references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, nullableContextOptions: NullableContextOptions.Enable));

        _ = CSharpGeneratorDriver.Create(new JobHandlerGenerator()).RunGeneratorsAndUpdateCompilation(compilation, out var generated, out _);
        var result = generated.Emit(path);
        if (!result.Success)
        {
            throw new InvalidOperationException("The handlers do not compile: " + string.Join('\n', result.Diagnostics));
        }
    }

    /// <summary>Classes with a service each, and a record of arguments for each handler, as applications have them.</summary>
    private static string Source(int handlers)
    {
        var source = new StringBuilder("""
            using System;
            using System.Threading;
            using System.Threading.Tasks;
            using JobQueue;
            namespace Application;

            """);
        for (var first = 0; first < handlers; first += HandlersPerClass)
        {
            source.Append(CultureInfo.InvariantCulture, $"public sealed class Jobs{first}(TimeProvider time)\n{{\n");
            for (var i = first; i < Math.Min(first + HandlersPerClass, handlers); i++)
            {
                source.Append(CultureInfo.InvariantCulture, $$"""
                        [JobHandler("handler_{{i}}", Queue = "queue_{{i % 7}}", MaxRetries = 5, TimeoutSeconds = 60)]
                        public Task<string> Handle{{i}}Async(Args{{i}} args, JobContext job, CancellationToken cancellationToken) => Task.FromResult(args.Name + time.GetUtcNow());


                    """);
            }

            source.Append("}\n");
        }

        for (var i = 0; i < handlers; i++)
        {
            source.Append(CultureInfo.InvariantCulture, $"public sealed record Args{i}(int Number, string Name);\n");
        }

        return source.ToString();
    }
}
