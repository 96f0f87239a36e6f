using System;

internal static class Program
{
    private static int Square(int x) => x * x;

    private static void Main(string[] args)
    {
        for (int i = 0; i < args.Length; i++)
        {
            Console.WriteLine($"{i}: {args[i]} {Square(args[i].Length)}");
        }
    }
}
