using System.Reflection;

namespace JobQueue.Dashboard.Serving;

/// <summary>The built page: its files are embedded in this assembly, and kept in memory once one of them was asked for.</summary>
internal static class PageFiles
{
    public const string Index = "index.html";

    /// <summary>The folder whose files are named after their content.</summary>
    public const string Hashed = "assets/";

    private const string ResourcePrefix = "page/";

    private static readonly Lazy<Dictionary<string, PageFile>> All = new(Read);

    public static IReadOnlyDictionary<string, PageFile> Names => All.Value;

    private static Dictionary<string, PageFile> Read()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return assembly.GetManifestResourceNames()
            .Where(static resource => resource.StartsWith(ResourcePrefix, StringComparison.Ordinal))
            .ToDictionary(static resource => resource[ResourcePrefix.Length..], resource => Read(assembly, resource), StringComparer.Ordinal);
    }

    private static PageFile Read(Assembly assembly, string resource)
    {
        using var stream = assembly.GetManifestResourceStream(resource)!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        var name = resource[ResourcePrefix.Length..];
        return new PageFile(content, TypeOf(name), name.StartsWith(Hashed, StringComparison.Ordinal));
    }

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        _ => "text/plain; charset=utf-8",
    };
}
