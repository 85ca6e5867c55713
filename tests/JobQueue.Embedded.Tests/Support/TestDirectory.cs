using System.Runtime.Versioning;

namespace JobQueue.Embedded.Tests.Support;

internal sealed class TestDirectory : IDisposable
{
    public string FullPath { get; } = Directory.CreateTempSubdirectory("jobqueue-embedded-tests-").FullName;

    public string Combine(params string[] names) => Path.Combine([FullPath, .. names]);

    /// <summary>Creates an empty file, executable where that is a permission.</summary>
    public string CreateProgram(params string[] names)
    {
        var path = Combine(OperatingSystem.IsWindows() ? [.. names[..^1], names[^1] + ".exe"] : names);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        return path;
    }

    /// <summary>Creates a shell program that stands for a server.</summary>
    [UnsupportedOSPlatform("windows")]
    public string CreateScript(string name, string body)
    {
        var path = CreateProgram(name);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.WriteAllText(path, $"#!/bin/sh\n{body}\n");
        return path;
    }

    public void Dispose() => Directory.Delete(FullPath, recursive: true);
}
